/** Questions to plain values. */

/** @param {unknown} value @returns {value is string} */
export const isText = (value) => typeof value === "string";

/** @param {unknown} value @returns {value is Record<string, any>} */
export const isMap = (value) =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** An own property only: "constructor" must find nothing that JavaScript put there.
 * @template T @param {Record<string, T> | null | undefined} from @param {string} key
 * @returns {T | undefined} */
export const own = (from, key) =>
  from && Object.prototype.hasOwnProperty.call(from, key) ? from[key] : undefined;

/** @template {{id: string}} T @param {readonly T[]} list @param {unknown} id */
export const byId = (list, id) => list.find((part) => part.id === id);
