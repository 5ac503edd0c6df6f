/**
 * Which player JSON this player knows.
 *
 * @typedef {{format?: number, strings?: Record<string, string>}} Versioned
 */

import { h, notice, texts } from "./dom.js";

const FORMAT = 1;

/** @param {Versioned} data */
export const isNewer = ({ format = FORMAT }) => format > FORMAT;

/** What stands for an activity whose format this player does not know; it is not guessed at.
 * @param {Record<string, string> | null | undefined} strings */
export const newer = (strings) =>
  h("div.course-activity", notice(h("p", texts(strings, "player.")("newer"))));
