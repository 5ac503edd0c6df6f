/** Several keys among several options.
 * @import { MultipleResponseItem } from "../../types.d.ts"
 * @import { ItemType } from "./base.js" */

import { h } from "../dom.js";
import { byId } from "../values.js";
import { BASE } from "./base.js";
import { optionList } from "./options.js";

/** @type {ItemType<MultipleResponseItem>} */
export const multipleResponse = {
  ...BASE,
  hasHint: true,
  picks: (item, response) =>
    Array.isArray(response) ? [...new Set(response)].filter((key) => byId(item.options, key)) : [],
  isBegun: (item, response) => multipleResponse.picks(item, response).length > 0,
  controls: (view) => optionList(view, "checkbox"),
  verdict(view) {
    const verdict = BASE.verdict(view);
    const missed = Object.entries(view.item.weights ?? {})
      .some(([key, weight]) => weight > 0 && !view.picked.includes(key));
    if (missed && !view.isOpen) verdict?.details.push(h("p", view.kit.t("more_to_pick")));
    return verdict;
  },
};
