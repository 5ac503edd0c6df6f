/**
 * A branching story: where the learner stands in it, and the steps that they take. It is a script of
 * its own beside the player and the card, which a page loads when a story begins.
 *
 * @import { Scenario, Step } from "../types.d.ts"
 * @import { Kit } from "./kit.js"
 * @import { Path } from "./path.js"
 * @typedef {{path: Path, n: number, from: number}} Place the node that is on the screen, and that at
 *   which this story, or this chair, begins: places on the path
 */

import { opening } from "./card.js";
import { debrief } from "./debrief.js";
import { focusOn, h, uuid } from "./dom.js";
import { ending } from "./ending.js";
import { play, skillsOf } from "./path.js";
import { sendPlays } from "./plays.js";
import { chairCard, chosenAt, moves, scene, soFar } from "./scene.js";
import { hasEnded, resumeScenario } from "./story_state.js";

export { choicesInOrder, mixed } from "./order.js";
export { effectsOf, holds, meterWord, move, play, skillsOf, told } from "./path.js";

export class Story {
  /** @param {Kit<Scenario>} kit @param {boolean} begins now, or did so before */
  constructor(kit, begins) {
    const { state, changed } = resumeScenario(kit.data, kit.options.state);
    this.kit = kit;
    this.data = kit.data;
    this.state = state;
    this.hasBegun = begins || state.steps.length > 0;
    this.draw(begins);
    if (changed) kit.warn("scenario_changed");
    if (this.hasBegun) kit.keep(state);
    if (kit.base !== null) {
      kit.listen("online", () => sendPlays(kit, state));
      sendPlays(kit, state);
    }
  }

  /** @returns {Place} */
  place() {
    const { data, state } = this;
    const path = play(data, state.steps);
    const n = path.used - (state.after ? 1 : 0);
    const end = endOf(path);
    return { path, n, from: n > end ? end + 1 : 0 };
  }

  /** The card at the beginning, a scene with or without what a choice led to, or an ending.
   * @param {boolean} focus */
  draw(focus) {
    const { kit } = this;
    kit.body.replaceChildren(
      this.hasBegun ? kit.title() : "",
      h(
        "div.cp-stage",
        this.hasBegun ? [...this.screen(), this.foot()] : opening(kit, () => this.begin()),
      ),
    );
    if (focus) focusOn(/** @type {HTMLElement} */ (kit.body.querySelector("[data-focus]")));
  }

  screen() {
    const { data, state } = this;
    const place = this.place();
    const { path, n } = place;
    if (data.nodes[path.nodes[n]].kind !== "ending") {
      return [soFar(this, place), scene(this, place)];
    }
    const chair = state.after && data.chairs?.find(({ start }) => start === path.at);
    if (chair) return [chairCard(this, chair)];
    return [ending(this, place), ...debrief(this, place)];
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
    this.kit.keep(this.state);
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

  /** The first ending of a play is told once; stepping back and other chairs are for looking around.
   * @param {Path} path */
  arrive(path) {
    const { kit, data, state } = this;
    state.finished = hasEnded(path, state.after);
    if (!state.finished || state.sent) return kit.keep(state);
    state.sent = true;
    if (kit.base !== null) {
      state.unsent.push({ id: state.seed, version: data.version, steps: state.steps });
    }
    const score = { raw: path.raw, max: path.max };
    kit.emit("finish", state, data.skills ? { score, skills: skillsOf(data, path) } : { score });
    sendPlays(kit, state);
  }

  /** Choose. @param {Step} step */
  take(step) {
    const { kit } = this;
    this.add(step, true);
    this.draw(true);
    const { path, n } = this.place();
    const word = kit.t(`support.${chosenAt(this, path, n)?.support}`);
    kit.say([word, ...moves(this, path, n)].join(". "));
  }

  /** Go on where nothing was chosen. @param {Step} step */
  pass(step) {
    this.add(step, false);
    this.draw(true);
  }

  /** Go on from what a step led to. */
  goOn() {
    this.state.after = false;
    this.arrive(play(this.data, this.state.steps));
    this.draw(true);
    this.kit.say("");
  }

  /** Back to the story's ending, and from there into a chair. @param {Step[]} chair */
  sit(...chair) {
    const { state } = this;
    Object.assign(state, { steps: state.steps.slice(0, endOf(this.place().path)), after: false });
    if (chair.length) this.add(chair[0], true);
    else this.kit.keep(state);
    this.draw(true);
  }

  back() {
    const { kit, state } = this;
    const steps = state.steps.slice(0, -1);
    const finished = hasEnded(play(this.data, steps), false);
    Object.assign(state, { steps, after: false, finished });
    kit.emit("back", state);
    this.draw(true);
    kit.say(kit.t("stepped_back"));
  }

  again() {
    const { kit, state } = this;
    Object.assign(state, { seed: uuid(), steps: [], after: false, finished: false, sent: false });
    this.hasBegun = false;
    kit.emit("restart", state);
    this.draw(true);
    kit.say(kit.t("restarted"));
  }
}

/** After how many steps the story ends, whatever was played later. @param {Path} path */
const endOf = ({ ending, nodes }) => ending === null ? nodes.length : nodes.indexOf(ending);
