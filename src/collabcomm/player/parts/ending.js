/**
 * How a story ends. What one looks back on stands below it: see `debrief.js`.
 *
 * @import { Ending } from "../types.d.ts"
 * @import { Level } from "./items/base.js"
 * @import { Place, Story } from "./story.js"
 */

import { h, icon, neat } from "./dom.js";
import { gauges, lines, prose } from "./scene.js";

/** @type {Record<string, Level>} */
const LEVELS = { good: "well", mixed: "partly", poor: "poorly" };

/** @param {Story} story @param {Place} place */
export function ending(story, { path, n, from }) {
  const { kit, data } = story;
  const { t } = kit;
  const node = /** @type {Ending} */ (data.nodes[path.nodes[n]]);
  const facts = path.facts[n];
  const level = LEVELS[node.ending.kind];
  return h(
    `div.cp-card.cp-ending.cp-${level}`,
    h("p.cp-kicker", icon(level), t(`ending.${node.ending.kind}`)),
    kit.heading(1, { class: "cp-scene-title", "data-focus": "" }, node.ending.title),
    gauges(story, path),
    prose(node.scene, facts),
    lines(story, node, facts),
    kit.heading(2, t("debrief")),
    prose(node.debrief, facts),
    !from && path.max > 0 &&
      h("p.cp-score", t("path_points", { n: neat(path.raw), of: path.max })),
  );
}
