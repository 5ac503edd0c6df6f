/** A short text of the learner's, with a model answer and a checklist after it.
 * @import { CompositionItem, Part } from "../../types.d.ts"
 * @import { ItemView } from "../item.js"
 * @import { ItemType } from "./base.js" */

import { focusOn, h } from "../dom.js";
import { basisOf } from "../feedback.js";
import { isText } from "../values.js";
import { BASE } from "./base.js";

/** A text, then the points that were ticked. @param {unknown} response @returns {string[]} */
const written = (response) => Array.isArray(response) ? response.filter(isText) : [];

/** @param {unknown} response */
const isBegun = (response) => Array.isArray(response) && isText(response[0]);

/** @param {string} text */
const wordsOf = (text) => text.split(/\s+/).filter(Boolean).length;

/** @type {ItemType<CompositionItem>} */
export const composition = {
  ...BASE,
  isScored: false,
  isPrivate: true,
  picks: () => [],
  isComplete: (_item, response) => isBegun(response) && wordsOf(written(response)[0]) > 0,
  isBegun: (_item, response) => isBegun(response),
  controls: (view) => new Draft(view).parts(),
};

class Draft {
  /** @param {ItemView<CompositionItem>} view */
  constructor(view) {
    const { item, kit, name } = view;
    const [text = "", ...ticks] = written(view.response);
    this.view = view;
    this.ticks = ticks;
    /** @type {string[] | null} */
    this.gone = null; // what was deleted and can be brought back
    this.count = h("p.cp-hint", { id: `${name}-count` });
    this.area = h("textarea", {
      id: `${name}-text`,
      value: text,
      rows: Math.min(3 + Math.ceil(item.words / 14), 12),
      "aria-describedby": this.count.id,
      input: () => this.change(),
    });
    const open = kit.button("composition.compare", () => this.open(), "main");
    this.compare = /** @type {HTMLButtonElement} */ (open);
    this.remove = kit.button("reflection.delete", () => this.delete());
    this.undo = kit.button("reflection.undo", () => this.put(this.gone ?? [""], "restored"));
    this.compared = h("div.cp-rest");
    this.draw();
  }

  parts() {
    const { area, view: { kit } } = this;
    return [
      h("div.cp-field", h("label", { for: area.id }, kit.t("your_words")), area, this.count),
      h("p.cp-hint", kit.t("private")),
      kit.actions(this.compare, this.remove, this.undo),
      this.compared,
    ];
  }

  change() {
    this.view.answer([this.area.value, ...this.ticks]);
    this.sync();
  }

  open() {
    this.view.check();
    this.sync();
    focusOn(this.compared, true);
  }

  delete() {
    this.gone = [this.area.value, ...this.ticks];
    delete this.view.state.checked[this.view.item.id];
    this.put([""], "deleted");
  }

  /** @param {string[]} to @param {string} said */
  put([text, ...ticks], said) {
    const { kit } = this.view;
    this.area.value = text;
    this.ticks = ticks;
    this.draw();
    this.change();
    kit.say(kit.t(`reflection.${said}`));
    this.area.focus();
  }

  sync() {
    const { kit, item, isChecked } = this.view;
    const n = wordsOf(this.area.value);
    this.count.textContent = kit.t("composition.count", { n, of: item.words });
    this.compare.disabled = !n;
    this.compare.hidden = isChecked;
    this.compared.hidden = !isChecked;
    this.remove.hidden = !this.area.value;
    this.undo.hidden = !!this.area.value || !this.gone;
  }

  /** The model, and the points to tick. */
  draw() {
    const { kit, item } = this.view;
    this.compared.replaceChildren(
      kit.heading(1, kit.t("composition.model")),
      h("div.cp-why", { html: item.model }),
      h(
        "fieldset",
        h("legend", kit.t("composition.checklist")),
        h("p.cp-hint", kit.t("composition.self")),
        item.checklist.map((point) => this.box(point)),
      ),
      (!item.explanation && basisOf(kit, item)) || "",
    );
    this.sync();
  }

  /** @param {Part} point */
  box({ id, text }) {
    const input = h("input", {
      type: "checkbox",
      checked: this.ticks.includes(id),
      change: () => {
        this.ticks = this.ticks.filter((tick) => tick !== id);
        if (input.checked) this.ticks.push(id);
        this.change();
      },
    });
    return h("div.cp-option", h("label", input, h("span", { html: text })));
  }
}
