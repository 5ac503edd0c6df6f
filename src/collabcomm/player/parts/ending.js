/**
 * How a story ends: the debrief, and the learner's path beside the best-supported one.
 *
 * @import { Ending, Step } from "../types.d.ts"
 * @import { Level } from "./items/base.js"
 * @import { Story } from "./story.js"
 * @import { Path } from "./scoring.js"
 */

import { h, icon, neat } from "./dom.js";
import { map } from "./map.js";
import { chosenAt, gauges, lines, titleOf } from "./scene.js";
import { itemPoints, play } from "./scoring.js";

/** @type {Record<string, Level>} */
const LEVELS = { good: "well", mixed: "partly", poor: "poorly" };

/** @param {Story} story @param {Path} path */
export function ending(story, path) {
  const { kit, data } = story;
  const { t } = kit;
  const node = /** @type {Ending} */ (data.nodes[path.at]);
  const level = LEVELS[node.ending.kind];
  return [
    h(
      `div.cp-card.cp-ending.cp-${level}`,
      h("p.cp-kicker", icon(level), t(`ending.${node.ending.kind}`)),
      kit.heading(1, { class: "cp-scene-title", "data-focus": "" }, node.ending.title),
      gauges(story, path.meters[path.used]),
      h("div.cp-scene", { html: node.scene }),
      lines(story, node),
      kit.heading(2, t("debrief")),
      h("div.cp-scene", { html: node.debrief }),
      path.max > 0 && h("p.cp-score", t("path_points", { n: neat(path.raw), of: path.max })),
    ),
    compare(story, path),
    map(story, path),
  ];
}

/** @param {Story} story @param {Path} path */
function compare(story, path) {
  const { kit, data, state } = story;
  const best = play(data, data.best);
  const same = best.nodes.join() === path.nodes.join() &&
    best.choices.join() === path.choices.join();
  return h(
    "section.cp-card",
    kit.heading(2, kit.t("paths")),
    same && h("p", kit.t("same_path")),
    h(
      "div.cp-columns",
      column(story, "your_path", state.steps, path, true),
      !same && best.ending && column(story, "best_path", data.best, best, false),
    ),
  );
}

/** @param {Story} story @param {string} title @param {Step[]} steps @param {Path} path
 * @param {boolean} isMine whether to say what would have been better supported */
function column(story, title, steps, path, isMine) {
  const { kit } = story;
  return h(
    "div",
    kit.heading(3, kit.t(title)),
    h(
      "ol",
      steps.map((step, n) => stepRow(story, step, n, isMine)),
      path.ending &&
        h("li", h("span.cp-small", kit.t("ends")), h("p", titleOf(story, path.ending))),
    ),
  );
}

/** @param {Story} story @param {Step} step @param {number} n @param {boolean} isMine */
function stepRow(story, step, n, isMine) {
  const { t } = story.kit;
  const node = story.data.nodes[step.node];
  const choice = chosenAt(story, step);
  const better = node.kind === "decision" && isMine && choice && choice.support !== "well" &&
    node.choices.find((other) => other.support === "well");
  const { raw, max } = node.kind === "item"
    ? itemPoints(node.item, step.response)
    : { raw: 0, max: 0 };
  return node.kind !== "passage" && h(
    "li",
    h("span.cp-small", titleOf(story, step.node, n + 1)),
    choice && [
      h("p", { html: choice.text }),
      h(`p.cp-badge.cp-${choice.support}`, icon(choice.support), t(`support.${choice.support}`)),
    ],
    better && h("p.cp-better", t("better"), " ", h("span", { html: better.text })),
    max > 0 && h("p", t("points", { n: neat(raw), of: max })),
  );
}
