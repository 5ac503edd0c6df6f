/**
 * The results service, where a site has one.
 *
 * @typedef {{ok: boolean, status: number, body: Record<string, any>}} Answer
 */

import { isMap, isText } from "./values.js";

/** Ask the service. A refusal is an answer; a failure, of the network or the service, throws.
 * @param {string} address @param {string} [method] @param {unknown} [content]
 * @returns {Promise<Answer>} */
export async function call(address, method = "GET", content) {
  const answer = await fetch(address, {
    method,
    cache: "no-store",
    ...(content
      ? { headers: { "Content-Type": "application/json" }, body: JSON.stringify(content) }
      : {}),
  });
  const { ok, status } = answer;
  if (status >= 500 || (status === 429 && method === "PUT")) throw new Error(`${status}`);
  const body = await answer.json().catch(() => null);
  return { ok, status, body: isMap(body) ? body : {} };
}

/** Where the service is that this site names, an empty string where it has none.
 * @param {string} base the way to the site's root */
export async function serviceOf(base) {
  const { body } = await call(`${base}host.json`);
  return isText(body.service) ? base + body.service : "";
}
