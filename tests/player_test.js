/**
 * The player's arithmetic over the tables that hold Python to the same results, without a browser:
 *
 *     deno test --no-remote --allow-read=tests/cases tests/player_test.js
 *
 * `test_player_tables.py` runs the same tables over the joined player in Chromium.
 */

import { bestOrder } from "../src/collabcomm/player/parts/items/sequencing.js";
import { normalise } from "../src/collabcomm/player/parts/items/short_text.js";
import { BASE } from "../src/collabcomm/player/parts/items/base.js";
import { ITEMS } from "../src/collabcomm/player/parts/items/index.js";
import { choicesInOrder, mixed } from "../src/collabcomm/player/parts/order.js";
import * as path from "../src/collabcomm/player/parts/path.js";
import { isValid, itemPoints, score } from "../src/collabcomm/player/parts/scoring.js";

/** @param {string} name @returns {any} */
const table = (name) =>
  JSON.parse(Deno.readTextFileSync(new URL(`cases/${name}.json`, import.meta.url)));

/** @param {unknown} found @param {unknown} expected */
function same(found, expected) {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  if (a !== b) throw new Error(`found ${a}, expected ${b}`);
}

const SCORING = table("scoring");
const PLAY = table("play");

for (const row of SCORING.score) {
  Deno.test(`scoring: ${row.item}: ${row.name}`, () => {
    const item = SCORING.items[row.item];
    same(score(item, row.response), { raw: row.raw, max: row.max });
    same(isValid(item, row.response), row.valid);
    if ("points" in row) same(itemPoints(item, row.response).raw, row.points);
  });
}

for (const [text, expected] of SCORING.normalise) {
  Deno.test(`normalise: ${JSON.stringify(text)}`, () => same(normalise(text), expected));
}

for (const row of PLAY.play) {
  Deno.test(`play: ${row.scenario}: ${row.name}`, () => {
    const found = path.play(PLAY.scenarios[row.scenario], row.steps);
    const { nodes, meters, choices, raw, max, ending, used, at } = found;
    const { nodes: expected, ...rest } = row;
    same({ nodes, choices, raw, max, ending, used, at }, {
      nodes: expected,
      choices: rest.choices,
      raw: rest.raw,
      max: rest.max,
      ending: rest.ending,
      used: rest.used,
      at: expected.at(-1),
    });
    meters.forEach((now, n) => {
      for (const [meter, value] of Object.entries(rest.meters[n])) same(now[meter], value);
    });
  });
}

const RULES = table("rules");

for (const { name, when, facts, holds } of RULES.holds) {
  Deno.test(`holds: ${name}`, () => same(path.holds(when, RULES.facts[facts]), holds));
}

for (const { name, text, facts, told } of RULES.told) {
  Deno.test(`told: ${name}`, () => same(path.told(text, RULES.facts[facts]), told));
}

for (const { name, source, facts, by } of RULES.effects) {
  Deno.test(`effects: ${name}`, () => same(path.effectsOf(source, RULES.facts[facts]), by));
}

for (const { name, steps, skills } of RULES.skills) {
  Deno.test(`skills: ${name}`, () => {
    same(path.skillsOf(RULES.scenario, path.play(RULES.scenario, steps)), skills);
  });
}

for (const { name, id, pinned, seed, shown } of RULES.order) {
  Deno.test(`order: ${name}`, () => {
    /** @type {any} */
    const node = { choices: RULES.choices, pinned };
    same(choicesInOrder(id, node, seed).map((choice) => choice.id), shown);
  });
}

for (const row of RULES.mixed) {
  Deno.test(`mixed: ${row.ids} ${row.seed}`, () => same(mixed(row.ids, row.seed), row.mixed));
}

for (const row of table("meters")) {
  Deno.test(`meters: ${row.name}`, () => {
    const { min, max } = row.meter;
    const values = Array.from({ length: max - min + 1 }, (_, n) => min + n);
    same(values.map((value) => path.meterWord(row.meter, value)), row.shown);
  });
}

Deno.test("the best order is read from the weights", () => {
  same(bestOrder(SCORING.items.sequencing), ["one", "two", "three", "four"]);
});

Deno.test("every type of item has rows in the table", () => {
  const types = SCORING.score.map((/** @type {{item: string}} */ { item }) =>
    SCORING.items[item].type
  );
  same(Object.keys(ITEMS).filter((type) => !types.includes(type)), []);
});

Deno.test("every type of item has every property and method, and controls of its own", () => {
  for (const [type, methods] of Object.entries(ITEMS)) {
    same(Object.keys(BASE).filter((name) => !(name in methods)), []);
    if (methods.controls === BASE.controls) throw new Error(`${type} has no controls`);
  }
});
