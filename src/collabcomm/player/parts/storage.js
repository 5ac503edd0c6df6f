/**
 * What a browser keeps of a course. Private windows, full disks and broken data are no error: what
 * cannot be kept lasts as long as the page. Keys begin with `collabcomm:` and the course's id.
 */

/** @template T, U @param {() => T} doing @param {U} otherwise @returns {T | U} */
export function quietly(doing, otherwise) {
  try {
    return doing();
  } catch {
    return otherwise;
  }
}

/** A key of this page's course: `keyOf("lesson", id)`. @param {...string} parts */
export const keyOf = (...parts) =>
  ["collabcomm", document.documentElement.dataset.course, ...parts].join(":");

/** What is kept under a key, null where there is nothing or nothing readable.
 * @param {string} key @returns {any} */
export const kept = (key) => quietly(() => JSON.parse(localStorage.getItem(key) ?? "null"), null);

/** Keep a value; false where the browser does not allow it.
 * @param {string} key @param {unknown} value */
export const keep = (key, value) =>
  quietly(() => {
    localStorage.setItem(key, JSON.stringify(value));
    return true;
  }, false);

/** @param {string} key */
export const forget = (key) => quietly(() => localStorage.removeItem(key), undefined);

/** The keys that begin so, sorted. @param {string} start @returns {string[]} */
export const keysFrom = (start) =>
  quietly(() => Object.keys(localStorage).filter((key) => key.startsWith(start)).sort(), []);
