/**
 * The scenes of a story, each with its choices and what they lead to.
 *
 * @import { Chair, Choice, Decision, ItemNode, Meter, NodeBase, Person, Step } from "../types.d.ts"
 * @import { Telling } from "../types.d.ts"
 * @import { Child } from "./dom.js"
 * @import { Kit } from "./kit.js"
 * @import { Facts, Path } from "./path.js"
 * @import { Place, Story } from "./story.js"
 */

import { disc } from "./card.js";
import { h } from "./dom.js";
import { basisOf, verdictLine } from "./feedback.js";
import { ItemView } from "./item.js";
import { typeOf } from "./items/index.js";
import { choicesInOrder } from "./order.js";
import { holds, meterWord, told } from "./path.js";
import { isValid } from "./scoring.js";
import { byId } from "./values.js";

/** @param {Story} story @param {string} id @param {number} [n] which scene of the learner's path */
export function titleOf({ data, kit }, id, n) {
  const node = data.nodes[id];
  return (node.kind === "ending" && node.ending.title) || node.title || kit.t("scene", { n });
}

/** The choice that a step of a path takes. @param {Story} story @param {Path} path @param {number} n
 * @returns {Choice | undefined} */
export function chosenAt({ data }, path, n) {
  const node = data.nodes[path.nodes[n]];
  return node.kind === "decision" ? byId(node.choices, path.choices[n]) : undefined;
}

/** What of a text is told, if anything. @param {Telling} text @param {Facts} facts */
export function prose(text, facts) {
  const html = told(text, facts);
  return html && h("div.cp-scene", { html });
}

/** The card before the same story from another chair. @param {Story} story @param {Chair} chair */
export function chairCard(story, chair) {
  const { kit } = story;
  return h(
    "div.cp-card",
    kit.heading(1, { class: "cp-scene-title", "data-focus": "" }, playAs(story, chair)),
    h("div.cp-scene", { html: chair.role }),
    kit.actions(kit.button("begin", () => story.goOn(), "main")),
  );
}

/** @param {Story} story @param {Chair} chair */
export const playAs = ({ data, kit }, { who }) =>
  kit.t("play_as", { name: byId(data.cast, who)?.name });

/** The scenes before this one, folded away. @param {Story} story @param {Place} place */
export const soFar = (story, { path, n, from }) =>
  n > from && h(
    "details.cp-sofar",
    h("summary", story.kit.t("so_far")),
    h(
      "ol",
      path.nodes.slice(from, n).map((id, at) => {
        const choice = chosenAt(story, path, from + at);
        return h("li", h("strong", titleOf(story, id, at + 1)), choice && youChose(story, choice));
      }),
    ),
  );

/** @param {Story} story @param {Choice} choice */
export const youChose = ({ kit }, { text }) =>
  h("span", kit.t("you_chose"), " ", h("span", { html: text }));

/** The scene where the learner stands. @param {Story} story @param {Place} place */
export function scene(story, place) {
  const { kit, data, state } = story;
  const { path, n, from } = place;
  const id = path.nodes[n];
  const node = data.nodes[id];
  const facts = path.facts[n];
  const number = n - from + 1;
  const step = state.after ? state.steps[n] : null;
  const choice = step && chosenAt(story, path, n);
  const ask = `${kit.uid}-ask`;
  return h(
    "div.cp-card",
    node.title && h("p.cp-kicker", kit.t("scene", { n: number })),
    kit.heading(
      1,
      { class: "cp-scene-title", [choice ? "id" : "data-focus"]: "" },
      titleOf(story, id, number),
    ),
    gauges(story, path),
    prose(node.scene, facts),
    lines(story, node, facts),
    node.kind === "decision" && h("p.cp-ask", { id: ask, html: told(node.ask, facts) }),
    choice
      ? after(story, choice, place)
      : node.kind === "item"
      ? question(story, id, node, step)
      : node.kind === "decision"
      ? choices(story, id, node, ask)
      : kit.actions(kit.button("go_on", () => story.pass({ node: id }), "main")),
  );
}

/** @param {Story} story @param {string} id @param {Decision} node @param {string} ask */
const choices = (story, id, node, ask) =>
  h(
    "div.cp-choices",
    { role: "group", "aria-labelledby": ask },
    choicesInOrder(id, node, story.state.seed).map((choice) =>
      h("button.cp-choice", {
        html: choice.text,
        click: () => story.take({ node: id, choice: choice.id }),
      })
    ),
  );

/** What a choice leads to. @param {Story} story @param {Choice} choice @param {Place} place */
function after(story, choice, { path, n }) {
  const { kit } = story;
  const { t } = kit;
  const facts = path.after[n];
  return [
    h("ul.cp-lines", h("li.cp-mine", bubble(t("you"), choice.text))),
    kit.heading(2, { "data-focus": "" }, t("what_happens")),
    prose(choice.consequence, facts),
    moves(story, path, n).map((text) => h("p.cp-moved", text)),
    h(
      `div.cp-outcome.cp-${choice.support}`,
      verdictLine(choice.support, t(`support.${choice.support}`)),
      prose(choice.feedback, facts),
      sides(kit, choice),
      why(kit, choice, facts),
    ),
    kit.actions(kit.button("go_on", () => story.goOn(), "main")),
  ];
}

/** Where good people differ, the case for each side. @param {Kit} kit @param {Choice} choice */
export const sides = ({ t }, choice) => {
  const both = choice.arguments;
  return both && h(
    "div",
    h("p", h("strong", t("for")), " ", h("span", { html: both.for })),
    h("p", h("strong", t("against")), " ", h("span", { html: both.against })),
  );
};

/** By what evidence or law; folded away where there is more than its name.
 * @param {Kit} kit @param {Choice} choice @param {Facts} facts */
export function why(kit, choice, facts) {
  const reason = choice.reason && prose(choice.reason, facts);
  const basis = basisOf(kit, choice);
  return reason ? h("details", h("summary", kit.t("why")), reason, basis) : basis;
}

/** An item in a story; `step` is the one that answered it. @param {Story} story @param {string} id
 * @param {ItemNode} node @param {Step | null} step @returns {Child[]} */
function question(story, id, { item }, step) {
  const { kit } = story;
  const { isScored, isPrivate } = typeOf(item);
  const state = step
    ? { responses: { [item.id]: step.response }, checked: { [item.id]: true }, shown: {} }
    : { responses: {}, checked: {}, shown: {} };
  /** @type {Record<string, any>} */
  const responses = state.responses;
  const message = h("p.cp-message");
  const goOn = () => {
    const response = responses[item.id];
    if (step) story.goOn();
    else if (isValid(item, response)) {
      // A reflection is the learner's own: the path only tells that there was one.
      story.pass({ node: id, response: isPrivate ? "-" : response });
    } else {
      message.textContent = kit.t(`nothing.${item.type}`);
      kit.say(message.textContent);
    }
  };
  const go = kit.actions(kit.button("go_on", goOn, "main"));
  go.hidden = !step && isScored;
  /** What the answer moved is told with the verdict. */
  const show = () => {
    const { path, n } = story.place();
    const texts = moves(story, path, n);
    if (texts.length) {
      view.root.append(h("div.cp-told", texts.map((text) => h("p.cp-moved", text))));
    }
    kit.body.querySelector(".cp-meters")?.replaceWith(gauges(story, path) || "");
  };
  /** @param {string} type */
  const tell = (type) => {
    if (!isScored) return;
    if (type === "check") {
      go.hidden = false;
      step = { node: id, response: responses[item.id] };
      story.add(step, true);
      kit.body.querySelector(".cp-foot")?.replaceWith(story.foot());
    }
    if (step) show();
  };
  const view = new ItemView(kit, item, "scenario", state, { tell });
  if (step) show();
  return [view.root, message, go];
}

/** @param {string} name @param {string} html */
const bubble = (name, html) => h("div.cp-bubble", h("strong", name), h("span", { html }));

/** What people say. @param {Story} story @param {NodeBase} node @param {Facts} facts */
export function lines(story, node, facts) {
  const said = node.lines.filter(({ when = [] }) => holds(when, facts));
  return said.length > 0 && h(
    "ul.cp-lines",
    said.map((line) => {
      const person = /** @type {Person} */ (byId(story.data.cast, line.who));
      return h("li", disc(story.data, person), bubble(person.name, line.says));
    }),
  );
}

/** How the meters stand, in words and dots: those that a learner sees on the way, or the hidden ones.
 * @param {Story} story @param {Path} path @param {boolean} [hidden] */
export function gauges({ data, kit }, path, hidden = false) {
  const now = path.meters[path.used];
  const meters = data.meters.filter((meter) => !!meter.hidden === hidden);
  return meters.length > 0 && h(
    "ul.cp-meters",
    meters.map((meter) => {
      const dots = Math.min(meter.max - meter.min, 6);
      const full = Math.round(((now[meter.id] - meter.min) / (meter.max - meter.min)) * dots);
      return h(
        "li",
        h("span", meterText(kit, meter, now[meter.id])),
        h(
          "span.cp-dots",
          { "aria-hidden": "true" },
          Array.from({ length: dots }, (_, n) => h(n < full ? "i.cp-on" : "i")),
        ),
      );
    }),
  );
}

/** @param {Kit} kit @param {Meter} meter @param {number} value */
const meterText = (kit, meter, value) =>
  kit.t(meter.words.length ? "meter" : "meter_bare", {
    label: meter.label,
    word: meterWord(meter, value),
    n: value - meter.min,
    of: meter.max - meter.min,
  });

/** What a step moved, in words; the hidden meters only when the story is over.
 * @param {Story} story @param {Path} path @param {number} n @param {boolean} [all] */
export const moves = ({ data, kit }, path, n, all = false) =>
  data.meters.flatMap((meter) => {
    const [before, now] = [path.meters[n][meter.id], path.meters[n + 1][meter.id]];
    const key = now > before ? "meter_up" : "meter_down";
    return now === before || (meter.hidden && !all)
      ? []
      : [kit.t(key, { meter: meterText(kit, meter, now) })];
  });
