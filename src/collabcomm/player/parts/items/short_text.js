/** A word or a phrase, compared as `engine/scoring.py` compares it.
 * @import { ShortTextItem } from "../../types.d.ts"
 * @import { ItemType } from "./base.js" */

import { h } from "../dom.js";
import { isText, own } from "../values.js";
import { BASE } from "./base.js";

const PUNCTUATION = /[!"#$%&'()*+,\-./:;<=>?@[\\\]^_\x60{|}~‘’“”–—…]/g;
const SPACE = /[ \t\r\n\f\v\u00a0]+/g;

/** @param {string} text */
export const normalise = (text) =>
  text.normalize("NFKC").toLowerCase()
    .replace(PUNCTUATION, " ").replace(SPACE, " ").replace(/^ | $/g, "");

/** @type {ItemType<ShortTextItem>} */
export const shortText = {
  ...BASE,
  picks: (_item, response) => isText(response) && normalise(response) ? [normalise(response)] : [],
  isBegun: (_item, response) => isText(response),
  controls(view) {
    const id = `${view.name}-text`;
    const input = h("input", {
      id,
      value: view.response || "",
      disabled: view.isDone,
      type: "text",
      maxlength: 200,
      autocomplete: "off",
      input: () => view.answer(input.value),
      keydown: (/** @type {KeyboardEvent} */ event) =>
        event.key === "Enter" && !event.isComposing && view.mode !== "graded" && view.check(),
    });
    return h("div.cp-field", h("label", { for: id }, view.kit.t("your_answer")), input);
  },
  verdict(view) {
    const verdict = BASE.verdict(view);
    const reply = own(view.item.replies, view.picked[0]);
    if (reply) verdict?.details.push(h("div", { html: reply }));
    return verdict;
  },
  answers: (item) => h("ul", Object.keys(item.weights ?? {}).map((wording) => h("li", wording))),
};
