/**
 * What is kept of a story between visits.
 *
 * @import { Scenario, Step } from "../types.d.ts"
 * @typedef {{id: string, version: string, steps: Step[]}} Play
 * @typedef {{version: string, steps: Step[], after: boolean, finished: boolean, sent: boolean,
 *   unsent: Play[]}} ScenarioState `after`: what the last choice led to is on the screen; `unsent`:
 *   plays that reached an ending and that the service has not confirmed
 */

import { play } from "./scoring.js";
import { isMap } from "./values.js";

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
  const state = {
    version: scenario.version,
    steps: given.slice(0, path.used),
    after,
    finished: !!path.ending && !after,
    sent: from.sent === true,
    unsent: Array.isArray(from.unsent) ? from.unsent.filter(isMap).slice(-20) : [],
  };
  return {
    state: /** @type {ScenarioState} */ (state),
    changed: given.length > 0 && from.version !== scenario.version,
  };
}
