/**
 * An order that only a seed decides, the same on every machine: as `engine/order.py` does it;
 * `tests/cases/order.json` holds both to the same results.
 *
 * @import { Choice, Decision } from "../types.d.ts"
 */

import { byId } from "./values.js";

/** FNV-1a over UTF-16, finished by the mixer of MurmurHash3, both of 32 bits.
 * @param {string} text */
function hash(text) {
  let h = 0x811c9dc5;
  for (let n = 0; n < text.length; n += 1) h = Math.imul(h ^ text.charCodeAt(n), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** @param {string[]} ids @param {string} seed */
export const mixed = (ids, seed) =>
  ids.map((id) => ({ id, key: hash(`${id}:${seed}`) }))
    .sort((a, b) => a.key - b.key || (a.id < b.id ? -1 : 1))
    .map(({ id }) => id);

/** The choices of a decision as a play of this seed shows them; without a seed, and where the author
 * pinned them, as they are written.
 * @param {string} id @param {Decision} node @param {string | null} seed @returns {Choice[]} */
export function choicesInOrder(id, { choices, pinned }, seed) {
  if (seed === null || pinned) return choices;
  const ids = mixed(choices.map((choice) => choice.id), `${id}:${seed}`);
  return ids.flatMap((each) => byId(choices, each) ?? []);
}
