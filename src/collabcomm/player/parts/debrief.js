/**
 * Looking back on a story: what was chosen, what it did, what could have been said instead and why;
 * what was practised, what could not be seen, and the same story from another chair.
 *
 * @import { Chair, Choice, Person } from "../types.d.ts"
 * @import { Path } from "./path.js"
 * @import { Place, Story } from "./story.js"
 */

import { disc } from "./card.js";
import { h, icon, neat } from "./dom.js";
import { map } from "./map.js";
import { play, skillsOf } from "./path.js";
import { chosenAt, gauges, moves, playAs, prose, sides, titleOf, why, youChose } from "./scene.js";
import { itemPoints } from "./scoring.js";
import { byId, own } from "./values.js";

/** @param {Story} story @param {Place} place @returns {Node[]} */
export function debrief(story, place) {
  const { path, from } = place;
  const parts = from
    ? [decisions(story, place), chairs(story, path.nodes[from])]
    : [decisions(story, place), gains(story, path), chairs(story), map(story, path)];
  return /** @type {Node[]} */ (parts.filter(Boolean));
}

/** What was decided, one after the other, folded away but for the first that could have been better.
 * @param {Story} story @param {Place} place */
function decisions(story, { path, n, from }) {
  const { kit } = story;
  const entries = path.nodes.slice(from, n).map((_, at) => entry(story, path, from + at, at + 1));
  const list = h("ol.cp-decisions", entries);
  if (!list.firstChild) return null;
  const first = list.querySelector("details.cp-could");
  first?.setAttribute("open", "");
  return h(
    "section.cp-card",
    kit.heading(2, kit.t("your_choices")),
    !first && list.querySelector("details") && h("p", kit.t("all_best")),
    list,
  );
}

/** @param {Story} story @param {Path} path @param {number} n @param {number} number */
function entry(story, path, n, number) {
  const { t } = story.kit;
  const id = path.nodes[n];
  const node = story.data.nodes[id];
  const title = h("strong", titleOf(story, id, number));
  const moved = moves(story, path, n, true).map((text) => h("p.cp-moved", text));
  if (node.kind === "item") {
    const { raw, max } = itemPoints(node.item, story.state.steps[n].response);
    const points = max > 0 && h("p", t("points", { n: neat(raw), of: max }));
    return (points || moved.length > 0) && h("li", title, points, moved);
  }
  const choice = chosenAt(story, path, n);
  if (node.kind !== "decision" || !choice) return null;
  const most = Math.max(...node.choices.map(({ points }) => points));
  const better = choice.points < most ? node.choices.filter(({ points }) => points === most) : [];
  return h(
    "li",
    h(
      better.length ? "details.cp-could" : "details",
      h("summary", title, youChose(story, choice), badge(story, choice)),
      h("p.cp-kicker", t("did")),
      prose(choice.consequence, path.after[n]),
      moved,
      sides(story.kit, choice),
      why(story.kit, choice, path.after[n]),
      better.length > 0 && h("p.cp-kicker", t("could")),
      better.map((other) => instead(story, path, n, other)),
    ),
  );
}

/** @param {Story} story @param {Choice} choice */
const badge = ({ kit }, { support }) =>
  h(`span.cp-badge.cp-${support}`, icon(support), kit.t(`support.${support}`));

/** What could have been said instead, and why. @param {Story} story @param {Path} path
 * @param {number} n @param {Choice} choice */
function instead(story, path, n, choice) {
  const { data, kit, state } = story;
  const step = { node: path.nodes[n], choice: choice.id };
  const facts = play(data, [...state.steps.slice(0, n), step]).after[n] ?? path.after[n];
  return h(
    `div.cp-outcome.cp-${choice.support}`,
    h("p", { html: choice.text }),
    badge(story, choice),
    sides(kit, choice) ?? prose(choice.feedback, facts),
    why(kit, choice, facts),
  );
}

/** What was practised, and what could not be seen on the way. @param {Story} story @param {Path} path */
function gains(story, path) {
  const { data, kit } = story;
  const found = skillsOf(data, path);
  const rows = (data.skills ?? []).map(({ id, label }) => {
    const [n, of] = own(found, id) ?? [0, 0];
    const fill = h("span");
    fill.style.width = `${100 * Math.max(n, 0) / (of || 1)}%`;
    const text = kit.t("meter_bare", { label, n: `${n}`.replace("-", "−"), of });
    return own(found, id) && h("li", text, h("div.cp-bar", { "aria-hidden": "true" }, fill));
  }).filter(Boolean);
  const hidden = gauges(story, path, true);
  return (rows.length > 0 || hidden) && h(
    "section.cp-card",
    rows.length > 0 && [
      kit.heading(2, kit.t("skills")),
      h("p.cp-small", kit.t("skills_note")),
      h("ul.cp-skills", rows),
    ],
    hidden && [kit.heading(2, kit.t("hidden")), hidden],
  );
}

/** The chairs that can be taken, and the way back from one. @param {Story} story
 * @param {string} [taken] where the chair begins that was played */
function chairs(story, taken) {
  const { data, kit } = story;
  const others = (data.chairs ?? []).filter(({ start }) => start !== taken);
  return (others.length > 0 || taken) && h(
    "section.cp-card",
    kit.heading(2, kit.t("chairs")),
    others.length > 0 && h("p", kit.t("chairs_note")),
    h("ul.cp-cast", others.map((chair) => seat(story, chair))),
    taken && kit.actions(kit.button("story_ending", () => story.sit(), "main")),
  );
}

/** @param {Story} story @param {Chair} chair */
function seat(story, chair) {
  const person = /** @type {Person} */ (byId(story.data.cast, chair.who));
  const button = h("button.cp-button.cp-quiet", {
    click: () => story.sit({ node: chair.start }),
  }, playAs(story, chair));
  return h(
    "li",
    disc(story.data, person),
    h("div.cp-field", h("div", { html: chair.role }), button),
  );
}
