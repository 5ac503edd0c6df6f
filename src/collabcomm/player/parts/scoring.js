/**
 * Scoring, as `engine/scoring.py` does it, name for name. Pure functions over player JSON;
 * `tests/cases/scoring.json` holds both to the same results.
 *
 * @import { Item, Marks, Quiz } from "../types.d.ts"
 */

import { typeOf } from "./items/index.js";
import { own } from "./values.js";

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
