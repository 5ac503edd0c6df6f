/**
 * What is kept of a story between visits.
 *
 * @import { Scenario, Step } from "../types.d.ts"
 * @import { Path } from "./path.js"
 * @typedef {{id: string, version: string, steps: Step[]}} Play
 * @typedef {{version: string, seed: string, steps: Step[], after: boolean, finished: boolean,
 *   sent: boolean, unsent: Play[]}} ScenarioState `seed`: the id of this play, which settles the order
 *   of choices; `after`: what the last step led to is on the screen, a consequence or the card of a
 *   chair; `finished`: the story has ended; `sent`: that was told; `unsent`: plays that reached an
 *   ending and that the service has not confirmed
 */

import { uuid } from "./dom.js";
import { play } from "./path.js";
import { isMap, isText } from "./values.js";

/** Whether the story has come to its ending, and what led there is off the screen.
 * @param {Path} path @param {boolean} after */
export const hasEnded = ({ ending, nodes, used }, after) =>
  ending !== null && nodes.indexOf(ending) <= used - (after ? 1 : 0);

/** What of a stored state fits a scenario.
 * @param {Scenario} scenario @param {unknown} stored
 * @returns {{state: ScenarioState, changed: boolean}} */
export function resumeScenario(scenario, stored) {
  const from = isMap(stored) ? stored : {};
  const given = Array.isArray(from.steps) ? from.steps : [];
  const path = play(scenario, given);
  const last = scenario.nodes[path.nodes[path.used - 1]];
  const after = from.after === true && path.used === given.length && !!last &&
    last.kind !== "passage";
  const finished = hasEnded(path, after);
  const state = {
    version: scenario.version,
    seed: isText(from.seed) ? from.seed : uuid(),
    steps: given.slice(0, path.used),
    after,
    finished,
    sent: finished || from.sent === true,
    unsent: Array.isArray(from.unsent) ? from.unsent.filter(isMap).slice(-20) : [],
  };
  return {
    state: /** @type {ScenarioState} */ (state),
    changed: given.length > 0 && from.version !== scenario.version,
  };
}
