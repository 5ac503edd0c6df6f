/** The learner's own words: they stay on the device.
 * @import { ReflectionItem } from "../../types.d.ts"
 * @import { ItemType } from "./base.js" */

import { h } from "../dom.js";
import { isText } from "../values.js";
import { BASE } from "./base.js";

/** @type {ItemType<ReflectionItem>} */
export const reflection = {
  ...BASE,
  isScored: false,
  isPrivate: true,
  picks: () => [],
  isComplete: (_item, response) => isText(response) && response.trim() !== "",
  isBegun: (_item, response) => isText(response),
  controls(view) {
    const { t } = view.kit;
    const id = `${view.name}-text`;
    const area = h("textarea", {
      id,
      value: view.response || "",
      rows: 5,
      input: () => view.answer(area.value),
    });
    return h(
      "div.cp-field",
      h("label", { for: id }, t("your_words")),
      area,
      h("p.cp-hint", t("private")),
    );
  },
};
