/** Steps to put in order.
 * @import { SequencingItem } from "../../types.d.ts"
 * @import { ItemView } from "../item.js"
 * @import { ItemType } from "./base.js" */

import { h, icon, plain } from "../dom.js";
import { byId } from "../values.js";
import { BASE } from "./base.js";

/** @type {ItemType<SequencingItem>} */
export const sequencing = {
  ...BASE,
  hasHint: true,
  picks: (item, response) =>
    Array.isArray(response) && response.every((key) => byId(item.steps, key)) &&
      new Set(response).size === response.length
      ? response.slice(1).map((key, n) => `${response[n]}>${key}`)
      : [],
  isComplete: (item, response) => sequencing.picks(item, response).length === item.steps.length - 1,
  onScreen: (item, response) => response || item.steps.map((step) => step.id),
  controls: (view) => {
    const list = h("ol.cp-steps");
    const { item, response } = view;
    fill(
      view,
      list,
      sequencing.onScreen(item, sequencing.isComplete(item, response) ? response : null),
    );
    return list;
  },
  verdict(view) {
    const verdict = BASE.verdict(view);
    const { raw, max } = view.marks;
    if (raw !== max) verdict?.details.push(h("p", view.kit.t("in_order", { n: raw, of: max })));
    return verdict;
  },
  answers: (item) =>
    h("ol", bestOrder(item).map((key) => h("li", { html: byId(item.steps, key)?.text }))),
};

/** The right order, read from the weights. @param {SequencingItem} item @returns {string[]} */
export function bestOrder({ weights = {} }) {
  const pairs = Object.keys(weights).filter((key) => weights[key] > 0).map((key) => key.split(">"));
  /** @type {string[]} */
  const order = [];
  let at = pairs.find(([a]) => !pairs.some(([, b]) => a === b))?.[0];
  while (at && !order.includes(at)) {
    order.push(at);
    at = pairs.find(([a]) => a === at)?.[1];
  }
  return order;
}

/** @param {ItemView<SequencingItem>} view @param {HTMLElement} list @param {string[]} order */
function fill(view, list, order) {
  list.replaceChildren(...order.map((key, at) =>
    h(
      "li",
      h("span", { html: byId(view.item.steps, key)?.text }),
      !view.isDone && [arrow(view, list, order, at, -1), arrow(view, list, order, at, 1)],
    )
  ));
}

/** A button that moves a step by one place; it keeps the focus, also where it can do no more.
 * @param {ItemView<SequencingItem>} view @param {HTMLElement} list @param {string[]} order
 * @param {number} at @param {-1 | 1} by */
function arrow(view, list, order, at, by) {
  const { t } = view.kit;
  const way = by < 0 ? "up" : "down";
  const to = at + by;
  const step = plain(byId(view.item.steps, order[at])?.text ?? "");
  return h("button.cp-move", {
    "aria-label": t(`move.${way}`, { step }),
    "data-way": way,
    "aria-disabled": order[to] ? null : "true",
    click() {
      if (!order[to]) return;
      const next = [...order];
      next.splice(to, 0, ...next.splice(at, 1));
      fill(view, list, next);
      view.answer(next);
      const button = list.children[to].querySelector(`[data-way=${way}]`);
      /** @type {HTMLElement} */ (button).focus();
      view.kit.say(t("moved", { step, n: to + 1, of: next.length }));
    },
  }, icon(way));
}
