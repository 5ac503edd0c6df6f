/**
 * Finished plays of a scenario go to the service, quietly, where there is one and the learner has
 * joined.
 *
 * @import { Scenario } from "../types.d.ts"
 * @import { Kit } from "./kit.js"
 * @import { ScenarioState } from "./story_state.js"
 */

import { call, serviceOf } from "./service.js";

/** @param {Kit<Scenario>} kit @param {ScenarioState} state */
export async function sendPlays(kit, state) {
  try {
    if (!state.unsent.length) return;
    const api = await serviceOf(kit.base ?? "");
    const joined = api && (await call(`${api}/me`)).body.learner;
    for (const play of [...state.unsent]) {
      const address = `${api}/attempts/${encodeURIComponent(play.id)}`;
      const about = { activity: kit.data.id, kind: "scenario", version: play.version };
      if (joined && (await call(address, "PUT", about)).ok) {
        await call(`${address}/submit`, "POST", { steps: play.steps });
      }
      state.unsent = state.unsent.filter((other) => other !== play);
      kit.keep(state);
    }
  } catch {
    // The network or the service failed: what is left waits for the next visit.
  }
}
