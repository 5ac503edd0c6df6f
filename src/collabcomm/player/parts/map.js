/**
 * The map of a story.
 *
 * @import { Story } from "./story.js"
 * @import { Path } from "./path.js"
 */

import { h, svg } from "./dom.js";
import { layers, onward } from "./graph.js";
import { titleOf } from "./scene.js";

const WIDE = 84;
const HIGH = 74;
const RADIUS = 17;

/** All scenes of the story itself in rows; those on the learner's way are filled, the ways between them thick.
 * @param {Story} story @param {Path} path */
export function map(story, path) {
  const { kit, data } = story;
  const depth = layers(data);
  const ids = [...depth.keys()];
  /** @type {string[][]} */
  const rows = [];
  for (const [id, row] of depth) (rows[row] = rows[row] || []).push(id);
  const width = Math.max(...rows.map((row) => row.length)) * WIDE;
  /** @type {Spot} */
  const spot = (id) => {
    const at = depth.get(id) ?? 0;
    const row = rows[at];
    const x = width / 2 + (row.indexOf(id) - (row.length - 1) / 2) * WIDE;
    return [x, HIGH * at + RADIUS + 6];
  };
  const label = kit.t("map_label", { n: new Set(path.nodes).size, of: ids.length });
  const drawing = svg(
    "svg",
    {
      class: "cp-map",
      role: "img",
      "aria-label": label,
      width: width + 60,
      viewBox: `-30 0 ${width + 60} ${(rows.length - 1) * HIGH + 2 * RADIUS + 12}`,
    },
    ...edges(story, path, ids, spot),
    ...ids.map((id, n) => place(story, path, id, n, spot)),
  );
  const way = path.nodes.map((id, n) =>
    h("li", h("b", ids.indexOf(id) + 1), titleOf(story, id, n + 1))
  );
  return h(
    "details.cp-card",
    h("summary", kit.heading(2, kit.t("map"))),
    h(
      "figure",
      drawing,
      h("figcaption", h("p", label, " ", kit.t("map_key")), h("ol.cp-way", way)),
    ),
  );
}

/** @typedef {(id: string) => [number, number]} Spot where a scene stands */

/** @param {Story} story @param {Path} path @param {string[]} ids @param {Spot} spot */
function edges({ data }, path, ids, spot) {
  const gone = path.nodes.slice(1).map((id, n) => `${path.nodes[n]} ${id}`);
  const all = ids.flatMap((from) =>
    onward(data.nodes[from]).map((to) => {
      const [[x, y], [u, v]] = [spot(from), spot(to)];
      // Ways down bend round the scenes that they pass; ways back swing out to the side.
      const isDown = v > y;
      const bow = isDown ? (v - y > HIGH ? (u <= x ? -26 : 26) : 0) : WIDE / 1.6;
      const lean = isDown ? HIGH / 2 : 24;
      return svg("path", {
        d: `M${x} ${y}C${x + bow} ${y + lean} ${u + bow} ${v - lean} ${u} ${v}`,
        class: gone.includes(`${from} ${to}`) ? "cp-edge cp-on" : "cp-edge",
      });
    })
  );
  return all.sort((a, b) => a.classList.length - b.classList.length);
}

/** @param {Story} story @param {Path} path @param {string} id @param {number} n @param {Spot} spot */
function place({ data }, path, id, n, spot) {
  const [x, y] = spot(id);
  const shape = data.nodes[id].kind === "ending"
    ? svg("rect", { x: x - RADIUS, y: y - RADIUS, width: 2 * RADIUS, height: 2 * RADIUS, rx: 5 })
    : svg("circle", { cx: x, cy: y, r: RADIUS });
  return svg(
    "g",
    { class: path.nodes.includes(id) ? "cp-spot cp-on" : "cp-spot" },
    shape,
    svg("text", { x, y: y + 5, "text-anchor": "middle" }, `${n + 1}`),
  );
}
