/**
 * A graded quiz: the service draws it, keeps the answers and scores them. The player loads this
 * script where a page has such a quiz.
 *
 * @import { Quiz } from "../types.d.ts"
 * @import { Child } from "./dom.js"
 * @import { Answer } from "./service.js"
 * @import { Kit } from "./kit.js"
 * @import { Json } from "./state.js"
 * @typedef {{responses: Record<string, any>, queue: Record<string, Waiting>,
 *   checked: Record<string, Json>, quiz?: Quiz | null, attempt?: string | null, starting?: string,
 *   seq?: number, atOnce?: boolean}} Kept what the browser keeps of a learner: `queue` holds, by
 *   item, the answers that the service has not confirmed, `starting` the id of an attempt that may
 *   not have reached it
 * @typedef {{id: string, seq: number, response: any, at: string, final?: true, held?: string}} Waiting
 *   `held` is why the service did not accept it
 * @typedef {{learner: {id: string, name: string | null} | null, cohort: Json}} Me
 */

import { focusOn, h, notice } from "./dom.js";
import { joinForm } from "./graded/join.js";
import { overview } from "./graded/overview.js";
import { questions } from "./graded/questions.js";
import { Queue } from "./graded/queue.js";
import { call, serviceOf } from "./service.js";
import { isMap, own } from "./values.js";

/** @param {Kit<Quiz>} kit */
export const graded = (kit) => new GradedQuiz(kit).boot();

export class GradedQuiz {
  /** @param {Kit<Quiz>} kit */
  constructor(kit) {
    const { state } = kit.options;
    this.kit = kit;
    this.data = kit.data;
    // A questionnaire is not passed or failed, and its key is not told.
    this.asks = kit.data.purpose === "questionnaire";
    // One device may serve several learners: what is kept is kept by learner.
    /** @type {{learners: Record<string, Kept>, last?: string}} */
    this.stored = isMap(state) && isMap(state.learners)
      ? /** @type {any} */ (state)
      : { learners: {} };
    /** @type {Kept} */
    this.kept = { responses: {}, queue: {}, checked: {} };
    /** @type {Me | null} */
    this.me = null;
    this.api = "";
    this.problem = h("p.cp-message", { role: "alert" });
    this.queue = new Queue(this);
  }

  async boot() {
    const { kit } = this;
    const looking = h("p", { role: "status" }, kit.t("graded.looking"));
    this.screen(false, this.intro(), looking);
    try {
      this.api = await serviceOf(kit.base || "");
      if (!this.api) {
        return this.screen(false, this.intro(), notice(h("p", kit.t("graded.no_service"))));
      }
      this.me = /** @type {Me} */ ((await call(`${this.api}/me`)).body);
      if (this.me.learner) await overview(this, false);
      else joinForm(this);
    } catch {
      this.outOfReach();
    }
  }

  /** Go on with what is here, or say that the service is out of reach. */
  outOfReach() {
    const { kit, stored } = this;
    if (stored.last) this.open(stored.last);
    const { quiz } = this.kept;
    if (isMap(quiz) && Array.isArray(quiz.items)) {
      questions(this, /** @type {any} */ (quiz), false);
      this.queue.later();
    } else {
      const again = kit.button("graded.retry", () => this.boot(), "main");
      const message = h("p", { role: "status" }, kit.t("graded.unreachable"));
      this.screen(false, this.intro(), message, kit.actions(again));
    }
  }

  keep() {
    this.kit.keep(this.stored);
  }

  /** Take up what is kept of a learner. @param {string} learner their id */
  open(learner) {
    const mine = own(this.stored.learners, learner);
    const { responses, queue, checked, ...others } = isMap(mine) ? mine : {};
    const map = (/** @type {unknown} */ value) => isMap(value) ? value : {};
    this.kept = { ...others, responses: map(responses), queue: map(queue), checked: map(checked) };
    this.stored.learners[learner] = this.kept;
    this.stored.last = learner;
  }

  /** Show a screen of the quiz. @param {boolean} focus @param {...Child} content */
  screen(focus, ...content) {
    const { body } = this.kit;
    this.problem.textContent = "";
    body.replaceChildren(this.kit.title());
    body.append(.../** @type {Node[]} */ (content.flat(9).filter(Boolean)));
    const result = body.querySelector(".cp-result") || body.firstChild;
    if (focus) focusOn(/** @type {HTMLElement} */ (result));
  }

  /** What a cohort settles goes before what the quiz says of itself.
   * @param {"pass_mark" | "attempts"} name @returns {number | null | undefined} */
  settled(name) {
    return (this.asks ? null : this.me?.cohort?.[name]) ?? this.data[name];
  }

  intro() {
    const { data, kit: { t } } = this;
    const attempts = this.settled("attempts");
    return [
      data.intro && h("div", { html: data.intro }),
      h(
        "ul.cp-facts",
        h("li", t("graded.items", { n: data.draw })),
        !this.asks && h("li", t("graded.pass_mark", { n: this.settled("pass_mark") })),
        h("li", t(attempts ? "graded.attempts" : "graded.unlimited", { n: attempts })),
      ),
    ];
  }

  /** @param {Answer} answer */
  refusal({ status, body }) {
    return body.detail || this.kit.t("graded.refused", { status });
  }

  /** Do what a button or a form asks; where the service cannot be reached, say so.
   * @param {() => unknown} doing @returns {(event?: Event) => Promise<void>} */
  attempt(doing) {
    return async (event) => {
      event?.preventDefault();
      this.problem.textContent = "";
      try {
        await doing();
      } catch {
        this.problem.textContent = this.kit.t("graded.unreachable");
      }
    };
  }

  /** @param {string} key @param {() => unknown} doing @param {string} [kind] */
  button(key, doing, kind) {
    return this.kit.button(key, this.attempt(doing), kind);
  }
}
