/**
 * A scenario as a graph.
 *
 * @import { Node, Scenario } from "../types.d.ts"
 */

/** The nodes to which a node may lead. @param {Node} node @returns {string[]} */
export function onward(node) {
  const ways = node.kind === "decision"
    ? node.choices.flatMap((choice) => choice.goto)
    : node.kind === "ending"
    ? []
    : node.goto;
  return [...new Set(ways.map((way) => way.node))];
}

/** All nodes in the order in which they are met, with their rows below the start.
 * @param {Scenario} scenario @returns {Map<string, number>} */
export function layers(scenario) {
  const depth = new Map([[scenario.start, 0]]);
  for (const [id, level] of depth) {
    for (const to of onward(scenario.nodes[id])) if (!depth.has(to)) depth.set(to, level + 1);
  }
  return depth;
}
