/**
 * What is kept of an activity between visits. Whatever stands in a store is not trusted: what does
 * not fit the content is left out.
 *
 * @import { Item, Quiz } from "../types.d.ts"
 * @typedef {Record<string, any>} Json
 * @typedef {{responses: Record<string, any>, checked: Record<string, boolean>,
 *   shown: Record<string, boolean>}} ItemState by item's id
 * @typedef {ItemState & {version: string, finished: boolean}} QuizState
 */

import { typeOf } from "./items/index.js";
import { isValid } from "./scoring.js";
import { isMap, own } from "./values.js";

/** The learner's own words are asked for, not counted. @param {Quiz} quiz @returns {Item[]} */
export const countable = (quiz) => quiz.items.filter((item) => !typeOf(item).isPrivate);

/** @param {Quiz} quiz @param {ItemState} state */
export function isFinished(quiz, state) {
  const items = countable(quiz);
  return items.length > 0 && items.every((item) => state.checked[item.id]);
}

/** What of a stored state fits a quiz; `changed` tells that it was kept of another version.
 * @param {Quiz} quiz @param {unknown} stored @returns {{state: QuizState, changed: boolean}} */
export function resumeQuiz(quiz, stored) {
  /** @type {QuizState} */
  const state = { version: quiz.version, responses: {}, checked: {}, shown: {}, finished: false };
  const from = isMap(stored) ? stored : {};
  const given = isMap(from.responses) ? from.responses : {};
  for (const item of quiz.items) {
    const response = own(given, item.id);
    const valid = isValid(item, response);
    if (!valid && !typeOf(item).isBegun(item, response)) continue;
    state.responses[item.id] = response;
    if (valid && own(from.checked, item.id) === true) {
      state.checked[item.id] = true;
      if (own(from.shown, item.id) === true) state.shown[item.id] = true;
    }
  }
  state.finished = isFinished(quiz, state);
  return { state, changed: Object.keys(given).length > 0 && from.version !== quiz.version };
}

/** What leaves the page of a state: a learner's own words do not.
 * @param {{items?: Item[]}} data @param {Json} state @returns {Json} */
export function withoutReflections(data, state) {
  const copy = JSON.parse(JSON.stringify(state));
  for (const item of data.items || []) {
    if (!typeOf(item).isPrivate) continue;
    for (const part of ["responses", "checked"]) delete copy[part]?.[item.id];
  }
  return copy;
}
