/**
 * What a type of item is: a handful of methods, as in `engine/items/`. A new type is a file there,
 * one beside this, and rows in `tests/cases/scoring.json`.
 *
 * @import { Item } from "../../types.d.ts"
 * @import { Child } from "../dom.js"
 * @import { ItemView } from "../item.js"
 * @typedef {"well" | "partly" | "poorly"} Level
 * @typedef {{level: Level, word: string, details: Child[]}} Verdict `word` is a key of the texts
 */

/**
 * @template {Item} T
 * @typedef {object} ItemType
 * @property {boolean} isScored whether there are marks, a key and a verdict
 * @property {boolean} isPrivate the learner's own words, which stay on the device
 * @property {boolean} checksAtOnce an answer needs no button
 * @property {boolean} hasHint whether the texts say how to answer (`hint.TYPE`)
 * @property {boolean} tellsOptions whether every option has a reason to show, whatever was chosen
 * @property {(item: T, response: unknown) => string[]} picks the keys of weights that it picks
 * @property {(item: T, response: unknown) => boolean} isComplete whether it can be checked
 * @property {(item: T, response: unknown) => boolean} isBegun worth keeping, though not complete
 * @property {(item: T, response: unknown) => any} onScreen the response that stands there
 * @property {(view: ItemView<T>) => Child} controls what the learner answers with
 * @property {(view: ItemView<T>) => Verdict | null} verdict what is said of the response
 * @property {(item: T) => Child} answers what is shown on request below the controls
 */

/** What most types have in common. @type {ItemType<any>} */
export const BASE = {
  isScored: true,
  isPrivate: false,
  checksAtOnce: false,
  hasHint: false,
  tellsOptions: false,
  picks: () => [],
  isComplete(item, response) {
    return this.picks(item, response).length > 0;
  },
  isBegun: () => false,
  onScreen: (_item, response) => response,
  controls: () => null,
  verdict({ marks: { raw, max } }) {
    if (!max) return null;
    const level = raw === max ? "well" : raw > 0 ? "partly" : "poorly";
    return { level, word: `outcome.${level}`, details: [] };
  },
  answers: () => null,
};
