/**
 * Where the steps of a story lead, and what is told on the way: as `engine/path.py` does it, name
 * for name. Pure functions over player JSON; `tests/cases/play.json` and `meters.json` hold both to
 * the same results.
 *
 * @import { Choice, Goto, ItemNode, Marks, Meter, Meters } from "../types.d.ts"
 * @import { Scenario, Step, Telling, Test } from "../types.d.ts"
 * @typedef {{meters: Meters, visited: string[], picked: string[], right: string[], points: number}}
 *   Facts what conditions read: how the meters stand, and what has happened
 * @typedef {{facts: Facts, points: Marks, goto: Goto[], choice: string | null}} Taken
 * @typedef {{nodes: string[], meters: Meters[], facts: Facts[], after: Facts[],
 *   choices: (string | null)[], raw: number, max: number, ending: string | null, used: number,
 *   at: string}} Path `facts` are those on arrival at each node, `after` those that each step left;
 *   `ending` is the story's own, also where another chair was played after it
 */

import { isValid, itemPoints, picks, score } from "./scoring.js";
import { byId, isMap, isText, own } from "./values.js";

const MAX_SUPPORT = 2;
const MAX_STEPS = 1000;

/** @type {Record<string, (a: number, b: number) => boolean>} */
const COMPARE = {
  ">=": (a, b) => a >= b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  "<": (a, b) => a < b,
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
};

/** Whether every test of a condition holds. @param {Test[]} when @param {Facts} facts @returns {boolean} */
export const holds = (when, facts) =>
  when.every((test) => {
    if ("either" in test) return test.either.some((tests) => holds(tests, facts));
    if ("visited" in test) return facts.visited.includes(test.visited) === test.is;
    if ("picked" in test) return facts.picked.includes(test.picked) === test.is;
    if ("right" in test) return facts.right.includes(test.right) === test.is;
    const stands = test.meter === "points" ? facts.points : facts.meters[test.meter];
    return COMPARE[test.op](stands, test.value);
  });

/** What of a text is told: all of it, or the pieces whose conditions hold.
 * @param {Telling} text @param {Facts} facts @returns {string} */
export const told = (text, facts) =>
  isText(text) ? text : text.map((piece) => holds(piece.when, facts) ? piece.html : piece.otherwise)
    .filter(Boolean).join(" ");

/** @param {Scenario} scenario @param {Meters} meters @param {Meters} effects @returns {Meters} */
export const move = (scenario, meters, effects) =>
  Object.fromEntries(
    scenario.meters.map(({ id, min, max }) => [
      id,
      Math.min(Math.max(meters[id] + (own(effects, id) || 0), min), max),
    ]),
  );

/** The word for a value; words spread evenly over a meter's range.
 * @param {Pick<Meter, "min" | "max" | "words">} meter @param {number} value */
export function meterWord({ min, max, words }, value) {
  return words[Math.floor(((value - min) / (max - min + 1)) * words.length)] || "";
}

/** What a choice or an answered item adds to each meter.
 * @param {Pick<Choice | ItemNode, "effects" | "also">} source @param {Facts} facts
 * @returns {Meters} */
export function effectsOf({ effects, also = [] }, facts) {
  const whole = { ...effects };
  for (const { when, by } of also) {
    if (!holds(when, facts)) continue;
    for (const [meter, n] of Object.entries(by)) whole[meter] = (own(whole, meter) || 0) + n;
  }
  return whole;
}

/** @param {Goto[]} goto @param {Facts} facts @returns {string | null} */
export const follow = (goto, facts) => goto.find(({ when }) => holds(when, facts))?.node ?? null;

/** A set with more in it. @param {string[]} set @param {string[]} more */
const plus = (set, more) => [...new Set([...set, ...more])];

/** What a step does at a node, null where it does not fit. What was picked is a fact first; effects
 * then read the meters and points as they stood, and move the meters.
 * @param {Scenario} scenario @param {string} id @param {Step} step @param {Facts} facts
 * @returns {Taken | null} */
export function take(scenario, id, step, facts) {
  const node = scenario.nodes[id];
  const after = { ...facts, visited: plus(facts.visited, [id]) };
  let points = { raw: 0, max: 0 };
  /** @param {Choice | ItemNode} source @param {string[]} keys @param {string | null} choice */
  const taken = (source, keys, choice) => {
    after.picked = plus(facts.picked, keys.map((key) => `${id}.${key}`));
    after.meters = move(scenario, facts.meters, effectsOf(source, after));
    return { facts: after, points, goto: source.goto, choice };
  };
  if (node.kind === "ending") return null;
  if (node.kind === "passage") return { facts: after, points, goto: node.goto, choice: null };
  if (node.kind === "decision") {
    const choice = byId(node.choices, step.choice);
    if (!choice) return null;
    points = { raw: choice.points, max: MAX_SUPPORT };
    return taken(choice, [choice.id], choice.id);
  }
  const { item } = node;
  const { response } = step;
  if (!isValid(item, response)) return null;
  points = itemPoints(item, response);
  if (item.max && score(item, response).raw === item.max) after.right = plus(facts.right, [id]);
  return taken(node, picks(item, response), null);
}

/** What a step does where a path stands: at an ending, a step alone may name the start of a chair.
 * @param {Scenario} scenario @param {Path} path @param {Step} step @returns {Taken | null} */
function stepAt(scenario, { at, facts, used }, step) {
  const now = facts[used];
  if (!isMap(step)) return null;
  if (scenario.nodes[at].kind !== "ending") {
    return step.node === at ? take(scenario, at, step, now) : null;
  }
  const chair = scenario.chairs?.find(({ start }) => start === step.node);
  return chair
    ? {
      facts: { ...now, visited: plus(now.visited, [at]) },
      points: { raw: 0, max: 0 },
      goto: [{ node: chair.start, when: [] }],
      choice: null,
    }
    : null;
}

/** Play steps from the start, as far as they fit. Points are earned until the story's ending.
 * @param {Scenario} scenario @param {Step[]} steps @returns {Path} */
export function play(scenario, steps) {
  const { nodes, start } = scenario;
  const meters = Object.fromEntries(scenario.meters.map((meter) => [meter.id, meter.start]));
  /** @type {Path} */
  const path = {
    nodes: [],
    meters: [],
    facts: [],
    after: [],
    choices: [],
    raw: 0,
    max: 0,
    ending: null,
    used: 0,
    at: start,
  };
  const earned = new Set();
  const arrive = (/** @type {string} */ id, /** @type {Facts} */ facts) => {
    path.nodes.push(path.at = id);
    path.meters.push(facts.meters);
    path.facts.push(facts);
    if (nodes[id].kind === "ending") path.ending ??= id;
  };
  arrive(start, { meters, visited: [], picked: [], right: [], points: 0 });
  for (const step of steps.slice(0, MAX_STEPS)) {
    const done = stepAt(scenario, path, step);
    if (!done) break;
    const earns = !path.ending && !earned.has(path.at);
    const points = path.raw + (earns ? done.points.raw : 0);
    const after = { ...done.facts, points };
    const to = follow(done.goto, after);
    if (to === null) break;
    earned.add(path.at);
    path.raw = points;
    path.max += earns ? done.points.max : 0;
    path.after.push(after);
    path.choices.push(done.choice);
    path.used += 1;
    arrive(to, after);
  }
  return path;
}

/** By skill what the choices of a story add up to, and the most that they could have; only skills
 * that a decision on the path touches, and nothing of another chair.
 * @param {Scenario} scenario @param {Path} path @returns {Record<string, [number, number]>} */
export function skillsOf(scenario, path) {
  /** @type {Record<string, [number, number]>} */
  const found = {};
  const end = path.ending === null ? path.used : path.nodes.indexOf(path.ending);
  path.choices.slice(0, end).forEach((chosen, n) => {
    const node = scenario.nodes[path.nodes[n]];
    if (node.kind !== "decision") return;
    const known = node.choices.map(({ skills = {} }) => skills);
    const mine = byId(node.choices, chosen)?.skills;
    for (const skill of new Set(known.flatMap(Object.keys))) {
      const [had, most] = own(found, skill) || [0, 0];
      const best = Math.max(0, ...known.map((skills) => own(skills, skill) || 0));
      found[skill] = [had + (own(mine, skill) || 0), most + best];
    }
  });
  return found;
}
