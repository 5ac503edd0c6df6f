/**
 * When what was missed comes back: about 2, 14 and 60 days later. Pure: the time is given, and what
 * stood in a store is not trusted.
 *
 * @typedef {{at: number, step: number}} Entry when it was last met (ms), and which return is next
 */

import { isMap } from "../../player/parts/values.js";

export const DAYS = [2, 14, 60];
export const MOST = 3; // so many questions at a time
const DAY = 864e5; // ms

/** The day of a time where the learner is, counted from 1970. @param {number} time */
const dayOf = (time) => Math.floor((time - new Date(time).getTimezoneOffset() * 60000) / DAY);

/** What stood in a store; null where it is no entry. A clock that was wrong may have left a time
 * that is still to come: as nobody knows when it was, it counts as long ago.
 * @param {unknown} value @param {number} now @returns {Entry | null} */
export function entryOf(value, now) {
  if (!isMap(value)) return null;
  const { at, step } = value;
  if (!Number.isFinite(at) || at < 0 || !(step in DAYS) || !Number.isInteger(step)) return null;
  return { at: at > now + DAY ? 0 : at, step };
}

/** How many days until it comes back; it is due at 0 and below.
 * @param {Entry} entry @param {number} now */
export const daysLeft = ({ at, step }, now) =>
  DAYS[step] - (DAYS[step - 1] ?? 0) - (dayOf(now) - dayOf(at));

/** On to the next return; null after the last. @param {Entry} entry @param {number} now
 * @returns {Entry | null} */
export const later = ({ step }, now) => step + 1 < DAYS.length ? { at: now, step: step + 1 } : null;

/** What becomes of a question when it is answered: missed, it begins anew; answered fully when it
 * was due, it goes on, and in between nothing changes. Null is done, or never was missed.
 * @param {Entry | null} entry @param {boolean} isFull @param {number} now @returns {Entry | null} */
export function answered(entry, isFull, now) {
  if (!isFull) return { at: now, step: 0 };
  return entry && daysLeft(entry, now) <= 0 ? later(entry, now) : entry;
}

/** What is due, the longest first. @template {Entry} T @param {T[]} entries @param {number} now
 * @returns {T[]} */
export const due = (entries, now) =>
  entries.filter((entry) => daysLeft(entry, now) <= 0)
    .sort((a, b) => daysLeft(a, now) - daysLeft(b, now));

/** When a task of a module begins: with the first of its lessons that was done after `cleared`.
 * @param {unknown[]} lessons what is kept of them @param {number} cleared @param {number} now
 * @returns {Entry | null} */
export function begun(lessons, cleared, now) {
  const times = lessons.map((kept) => isMap(kept) && kept.done === true ? Date.parse(kept.at) : NaN)
    .filter((at) => at > cleared);
  return times.length ? entryOf({ at: Math.min(...times), step: 0 }, now) : null;
}
