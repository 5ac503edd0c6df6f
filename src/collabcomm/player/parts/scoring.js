/**
 * Scoring, as `engine/scoring.py` does it, name for name. Pure functions over player JSON;
 * `tests/cases/scoring.json` and `play.json` hold both to the same results.
 *
 * @import { Goto, Item, Marks, Quiz, Scenario, Step, Test } from "../types.d.ts"
 * @typedef {Record<string, number>} Meters
 * @typedef {{nodes: string[], meters: Meters[], choices: (string | null)[], raw: number, max: number,
 *   ending: string | null, used: number, at: string}} Path
 */

import { typeOf } from "./items/index.js";
import { byId, isMap, own } from "./values.js";

export const MAX_SUPPORT = 2;
export const MAX_STEPS = 1000;

/** The keys of an item's weights that a response picks.
 * @param {Item} item @param {unknown} response @returns {string[]} */
export const picks = (item, response) => typeOf(item).picks(item, response);

/** @param {Item} item @param {unknown} response @returns {boolean} */
export const isValid = (item, response) => typeOf(item).isComplete(item, response);

/** @param {Item} item @param {unknown} response @returns {Marks} */
export function score(item, response) {
  let sum = 0;
  for (const key of picks(item, response)) sum += own(item.weights, key) || 0;
  return { raw: Math.min(Math.max(sum, 0), item.max), max: item.max };
}

/** @param {Item} item @param {unknown} response @returns {Marks} */
export function itemPoints(item, response) {
  if (!item.max) return { raw: 0, max: 0 };
  return { raw: (score(item, response).raw * item.points) / item.max, max: item.points };
}

/** @param {Iterable<Marks>} scores @returns {Marks} */
export function total(scores) {
  const sum = { raw: 0, max: 0 };
  for (const { raw, max } of scores) {
    sum.raw += raw;
    sum.max += max;
  }
  return sum;
}

/** @param {Quiz} quiz @param {Record<string, any>} responses */
export const scoreQuiz = (quiz, responses) =>
  total(quiz.items.map((item) => itemPoints(item, own(responses, item.id))));

/** @param {Marks} result @param {number} mark in percent; a hair is forgiven */
export const passed = (result, mark) =>
  (result.max ? (100 * result.raw) / result.max : 0) + 1e-9 >= mark;

/** @type {Record<string, (a: number, b: number) => boolean>} */
const COMPARE = {
  ">=": (a, b) => a >= b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  "<": (a, b) => a < b,
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
};

/** @param {Test[]} when @param {Meters} meters @param {string[]} visited */
export const holds = (when, meters, visited) =>
  when.every((test) =>
    "visited" in test
      ? visited.includes(test.visited) === test.is
      : COMPARE[test.op](meters[test.meter], test.value)
  );

/** @param {Scenario} scenario @param {Meters} meters @param {Meters} effects @returns {Meters} */
export const move = (scenario, meters, effects) =>
  Object.fromEntries(
    scenario.meters.map(({ id, min, max }) => [
      id,
      Math.min(Math.max(meters[id] + (own(effects, id) || 0), min), max),
    ]),
  );

/** @param {Goto[]} goto @param {Meters} meters @param {string[]} visited @returns {string | null} */
export const follow = (goto, meters, visited) =>
  goto.find((way) => holds(way.when, meters, visited))?.node ?? null;

/** What a step does at the node where the path stands, null where it does not fit.
 * @param {Scenario} scenario @param {Path} path @param {Step} step */
function stepAt(scenario, path, step) {
  const node = scenario.nodes[path.at];
  const meters = path.meters[path.used];
  if (node.kind === "ending" || !isMap(step) || step.node !== path.at) return null;
  if (node.kind === "decision") {
    const choice = byId(node.choices, step.choice);
    if (!choice) return null;
    const points = { raw: choice.points, max: MAX_SUPPORT };
    return {
      choice: choice.id,
      goto: choice.goto,
      meters: move(scenario, meters, choice.effects),
      points,
    };
  }
  if (node.kind === "item" && !isValid(node.item, step.response)) return null;
  const points = node.kind === "item" ? itemPoints(node.item, step.response) : { raw: 0, max: 0 };
  return { choice: null, goto: node.goto, meters, points };
}

/** Play steps from the start, as far as they fit.
 * @param {Scenario} scenario @param {Step[]} steps @returns {Path} */
export function play(scenario, steps) {
  /** @type {Path} */
  const path = {
    nodes: [scenario.start],
    meters: [Object.fromEntries(scenario.meters.map((meter) => [meter.id, meter.start]))],
    choices: [],
    raw: 0,
    max: 0,
    ending: null,
    used: 0,
    at: scenario.start,
  };
  const earned = new Set();
  for (const step of steps.slice(0, MAX_STEPS)) {
    const done = stepAt(scenario, path, step);
    const to = done && follow(done.goto, done.meters, path.nodes);
    if (!done || to === null) break;
    if (!earned.has(path.at)) {
      earned.add(path.at);
      path.raw += done.points.raw;
      path.max += done.points.max;
    }
    path.choices.push(done.choice);
    path.nodes.push(to);
    path.meters.push(done.meters);
    path.used += 1;
    path.at = to;
  }
  if (scenario.nodes[path.at].kind === "ending") path.ending = path.at;
  return path;
}
