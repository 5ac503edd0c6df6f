/**
 * A place to write that stays on the device; its words are in no event.
 *
 * @import { Data, Options } from "./kit.js"
 * @typedef {Data & {prompt?: string}} Prompted without a prompt, what stands in the element is one
 */

import { h } from "./dom.js";
import { Kit } from "./kit.js";
import { isMap, isText } from "./values.js";

const SAVE_AFTER = 400; // ms

/** @param {HTMLElement} root @param {Prompted} data @param {Options} [options]
 * @returns {() => void} what takes it away */
export function mountReflection(root, data, options = {}) {
  const prompt = data.prompt ? [h("div", { html: data.prompt })] : [...root.childNodes];
  const reflection = new Reflection(new Kit(root, data, options), prompt);
  return () => {
    reflection.flush();
    reflection.kit.stop();
  };
}

class Reflection {
  /** @param {Kit} kit @param {Node[]} prompt */
  constructor(kit, prompt) {
    const { t } = kit;
    const { state } = kit.options;
    const id = `${kit.uid}-text`;
    this.kit = kit;
    this.timer = 0;
    this.gone = ""; // what was deleted and can be brought back
    this.status = h("p.cp-hint");
    this.area = h("textarea", {
      id,
      rows: 5,
      value: isMap(state) && isText(state.text) ? state.text : "",
      input: () => this.saveLater(),
    });
    this.remove = kit.button("reflection.delete", () => this.change(""));
    this.undo = kit.button("reflection.undo", () => this.change(this.gone));
    kit.body.replaceChildren(
      ...prompt,
      h("div.cp-field", h("label", { for: id }, t("your_words")), this.area),
      h("p.cp-hint", t("private")),
      this.status,
      kit.actions(this.remove, this.undo),
    );
    this.sync();
    kit.listen("pagehide", () => this.flush());
  }

  saveLater() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), SAVE_AFTER);
  }

  save() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.kit.keep({ text: this.area.value, at: new Date().toISOString() });
    this.status.textContent = this.kit.t("reflection.saved");
    this.sync();
  }

  /** @param {string} now */
  change(now) {
    [this.gone, this.area.value] = [this.area.value, now];
    this.save();
    this.kit.say(this.kit.t(now ? "reflection.restored" : "reflection.deleted"));
    this.area.focus();
  }

  sync() {
    this.remove.hidden = !this.area.value;
    this.undo.hidden = !!this.area.value || !this.gone;
  }

  flush() {
    if (this.timer) this.save();
  }
}
