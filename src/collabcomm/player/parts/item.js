/**
 * One item on the screen, whatever its type.
 *
 * @import { Item } from "../types.d.ts"
 * @import { Child } from "./dom.js"
 * @import { ItemType } from "./items/base.js"
 * @import { Kit } from "./kit.js"
 * @import { ItemState } from "./state.js"
 * @typedef {"practice" | "scenario" | "graded" | "result"} Mode practice has Check and feedback, a
 *   scenario the same without trying again, graded no feedback, a result is only to read
 * @typedef {{tell?: (type: "response" | "check" | "retry") => void, n?: number, of?: number}} About
 *   who hears of changes; the item's number, of how many
 */

import { basisOf, verdictLine } from "./feedback.js";
import { focusOn, h } from "./dom.js";
import { typeOf } from "./items/index.js";
import { picks, score } from "./scoring.js";
import { own } from "./values.js";

/** @template {Item} [T=Item] */
export class ItemView {
  /** @param {Kit} kit @param {T} item @param {Mode} mode @param {ItemState} state
   * @param {About} [about] */
  constructor(kit, item, mode, state, { tell = () => {}, n = 0, of = 0 } = {}) {
    this.kit = kit;
    this.item = item;
    this.mode = mode;
    this.state = state;
    this.tell = tell;
    this.number = n > 0 && h("span.cp-number", kit.t("question", { n, of }));
    /** @type {ItemType<any>} */
    this.type = typeOf(item);
    this.name = `${kit.uid}-${item.id}`;
    this.root = h("div.cp-item");
    this.rest = h("div.cp-rest");
    this.message = h("p.cp-message");
    this.draw();
  }

  /** @returns {any} */
  get response() {
    return own(this.state.responses, this.item.id);
  }

  /** @returns {string[]} */
  get picked() {
    return picks(this.item, this.response);
  }

  get marks() {
    return score(this.item, this.response);
  }

  get isChecked() {
    return own(this.state.checked, this.item.id) === true;
  }

  /** Whether the answer is shown. */
  get isOpen() {
    return this.mode === "result" || own(this.state.shown, this.item.id) === true;
  }

  /** Whether the response stands, with its verdict. */
  get isDone() {
    return this.mode === "result" || (this.isChecked && this.type.isScored);
  }

  draw() {
    const { item, kit, type, mode } = this;
    const hint = type.hasHint &&
      h("p.cp-hint", { id: `${this.name}-hint` }, kit.t(`hint.${item.type}`));
    const asks = mode !== "graded" && type.isScored;
    const check = () => this.check();
    this.rest.replaceChildren(
      ...(this.isDone || (this.isChecked && item.explanation)
        ? [this.outcome()]
        : asks
        ? [this.message, kit.actions(kit.button("check", check, "main"))]
        : []),
    );
    const legend = h("legend", this.number, h("div.cp-stem", { html: item.stem }));
    this.root.replaceChildren(
      h(
        "fieldset",
        { "aria-describedby": hint ? hint.id : null },
        legend,
        hint,
        type.controls(this),
      ),
      this.rest,
    );
  }

  /** The learner answers. @param {unknown} response */
  answer(response) {
    this.state.responses[this.item.id] = response;
    this.message.textContent = "";
    if (this.type.checksAtOnce && this.mode !== "graded") this.check();
    else this.tell("response");
  }

  check() {
    const { item, kit, type, state } = this;
    const response = type.onScreen(item, this.response);
    if (!type.isComplete(item, response)) {
      this.message.textContent = kit.t(`nothing.${item.type}`);
      kit.say(this.message.textContent);
      return;
    }
    state.responses[item.id] = response;
    state.checked[item.id] = true;
    if (!type.isScored) {
      if (item.explanation) this.rest.replaceChildren(this.outcome());
      this.tell("check");
      return;
    }
    this.draw();
    this.tell("check");
    this.present();
  }

  /** The verdict is said, and is in view wherever Check stood. */
  present() {
    const told = [...this.root.querySelectorAll(".cp-told")].map((part) => part.textContent);
    this.kit.say(told.join(" ").replace(/\s+/g, " ").trim());
    this.focusOutcome();
  }

  retry() {
    const { responses, checked, shown } = this.state;
    for (const part of [responses, checked, shown]) delete part[this.item.id];
    this.draw();
    this.kit.say("");
    this.tell("retry");
    this.focus();
  }

  showAnswer() {
    this.state.shown[this.item.id] = true;
    this.draw();
    this.tell("response");
    this.kit.say(this.kit.t("answer_shown"));
    this.focusOutcome(".cp-option.cp-well:not(.cp-picked), .cp-pair .cp-poorly");
  }

  focus() {
    const selector = "input:not(:disabled),select,textarea,button";
    /** @type {HTMLElement | null} */ (this.root.querySelector(selector))?.focus();
  }

  /** Focus what stands where Check was, or rather what a selector finds.
   * @param {string} [rather] */
  focusOutcome(rather) {
    const found = rather && this.root.querySelector(rather);
    focusOn(/** @type {HTMLElement} */ (found || this.rest.firstChild), true);
  }

  /** What stands where Check was: the verdict, the reason, what it rests on, and what next. */
  outcome() {
    const { item, kit } = this;
    const verdict = this.type.verdict(this);
    const word = verdict ? kit.t(verdict.word) : "";
    return h(
      `div.cp-outcome${verdict ? `.cp-${verdict.level}` : ""}`,
      verdict ? { role: "group", "aria-label": word } : {},
      verdict && h(
        "div.cp-feedback.cp-told",
        { id: `${this.name}-told` },
        verdictLine(verdict.level, word),
        verdict.details.map((detail) => [" ", detail]),
      ),
      this.answers(),
      item.explanation && h("div.cp-why", { html: item.explanation }),
      basisOf(kit, item),
      item.read && kit.base !== null &&
        h(
          "p.cp-read",
          kit.t("read"),
          " ",
          h("a", { href: kit.base + item.read.href }, item.read.title),
        ),
      this.mode !== "result" && item.max > 0 && this.onward(),
    );
  }

  /** The right answers, where they are to be shown and are not what was given. @returns {Child} */
  answers() {
    const { raw, max } = this.marks;
    const right = this.isOpen && raw !== max && this.type.answers(this.item);
    return right && [h("p", this.kit.t(`answer.${this.item.type}`)), right];
  }

  onward() {
    const { kit, marks, type } = this;
    const full = marks.raw === marks.max;
    return kit.actions(
      this.mode === "practice" && kit.button("retry", () => this.retry()),
      !this.isOpen && (type.tellsOptions || !full) &&
        kit.button(full ? "show_feedback" : "show_answer", () => this.showAnswer()),
    );
  }
}
