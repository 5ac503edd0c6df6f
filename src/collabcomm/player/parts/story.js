/**
 * A branching story: where the learner stands in it, and the steps that they take.
 *
 * @import { Scenario, Step } from "../types.d.ts"
 * @import { Options } from "./kit.js"
 * @import { Path } from "./scoring.js"
 */

import { focusOn, h, uuid } from "./dom.js";
import { ending } from "./ending.js";
import { Kit } from "./kit.js";
import { sendPlays } from "./plays.js";
import { chosenAt, moves, opening, scene, soFar } from "./scene.js";
import { play } from "./scoring.js";
import { resumeScenario } from "./story_state.js";

/** @param {HTMLElement} root @param {Scenario} data @param {Options} [options]
 * @returns {() => void} what takes it away */
export const mountScenario = (root, data, options = {}) =>
  new Story(new Kit(root, data, options)).kit.stop;

export class Story {
  /** @param {Kit<Scenario>} kit */
  constructor(kit) {
    const { state, changed } = resumeScenario(kit.data, kit.options.state);
    this.kit = kit;
    this.data = kit.data;
    this.state = state;
    this.hasBegun = state.steps.length > 0;
    this.draw(false);
    if (changed) {
      kit.warn("scenario_changed");
      kit.keep(state);
    }
    if (kit.base !== null) {
      kit.listen("online", () => sendPlays(kit, state));
      sendPlays(kit, state);
    }
  }

  /** The card at the beginning, a scene with or without what a choice led to, or an ending.
   * @param {boolean} focus */
  draw(focus) {
    const { kit, data, state } = this;
    const path = play(data, state.steps);
    const n = path.used - (state.after ? 1 : 0);
    const ends = data.nodes[path.nodes[n]].kind === "ending";
    kit.body.replaceChildren(
      this.hasBegun ? kit.title() : "",
      h(
        "div.cp-stage",
        this.hasBegun
          ? [soFar(this, n), ends ? ending(this, path) : scene(this, path, n), this.foot()]
          : opening(this),
      ),
    );
    if (focus) focusOn(/** @type {HTMLElement} */ (kit.body.querySelector("[data-focus]")));
  }

  foot() {
    const { kit, state } = this;
    return h(
      "div.cp-actions.cp-foot",
      state.steps.length > 0 && kit.button("step_back", () => this.back()),
      state.finished && kit.button("play_again", () => this.again()),
    );
  }

  begin() {
    this.hasBegun = true;
    this.draw(true);
  }

  /** Take a step, where it fits. @param {Step} step @param {boolean} after */
  add(step, after) {
    const steps = [...this.state.steps, step];
    const path = play(this.data, steps);
    if (path.used < steps.length) return;
    Object.assign(this.state, { steps, after });
    const response = step.choice || step.response;
    this.kit.emit("step", this.state, { item: step.node, response });
    this.arrive(path);
  }

  /** @param {Path} path */
  arrive(path) {
    const { kit, data, state } = this;
    state.finished = !!path.ending && !state.after;
    if (!state.finished) return kit.keep(state);
    // A service hears of the first ending of a play; stepping back is for looking around.
    if (kit.base !== null && !state.sent) {
      state.unsent.push({ id: uuid(), version: data.version, steps: state.steps });
      state.sent = true;
    }
    kit.emit("finish", state, { score: { raw: path.raw, max: path.max } });
    sendPlays(kit, state);
  }

  /** Choose. @param {Step} step */
  take(step) {
    const { kit, data, state } = this;
    this.add(step, true);
    this.draw(true);
    const path = play(data, state.steps);
    const word = kit.t(`support.${chosenAt(this, step)?.support}`);
    kit.say([word, ...moves(this, path, path.used - 1)].join(". "));
  }

  /** Go on where nothing was chosen. @param {Step} step */
  pass(step) {
    this.add(step, false);
    this.draw(true);
  }

  /** Go on from what a choice led to. */
  goOn() {
    this.state.after = false;
    this.arrive(play(this.data, this.state.steps));
    this.draw(true);
    this.kit.say("");
  }

  back() {
    const { kit, state } = this;
    Object.assign(state, { steps: state.steps.slice(0, -1), after: false, finished: false });
    kit.emit("back", state);
    this.draw(true);
    kit.say(kit.t("stepped_back"));
  }

  again() {
    const { kit, state } = this;
    Object.assign(state, { steps: [], finished: false, sent: false });
    this.hasBegun = false;
    kit.emit("restart", state);
    this.draw(true);
    kit.say(kit.t("restarted"));
  }
}
