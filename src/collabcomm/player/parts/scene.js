/**
 * The scenes of a story, from the card before it to what a choice leads to.
 *
 * @import { Choice, Decision, ItemNode, Meter, NodeBase, Person, Step } from "../types.d.ts"
 * @import { Child } from "./dom.js"
 * @import { Story } from "./story.js"
 * @import { Meters, Path } from "./scoring.js"
 */

import { h, notice } from "./dom.js";
import { basisOf, verdictLine } from "./feedback.js";
import { ItemView } from "./item.js";
import { typeOf } from "./items/index.js";
import { meterWord } from "./meters.js";
import { isValid } from "./scoring.js";
import { byId } from "./values.js";

/** @param {Story} story @param {string} id @param {number} [n] which scene of the learner's path */
export function titleOf({ data, kit }, id, n) {
  const node = data.nodes[id];
  return (node.kind === "ending" && node.ending.title) || node.title || kit.t("scene", { n });
}

/** The choice that a step takes. @param {Story} story @param {Step} step @returns {Choice | undefined} */
export function chosenAt({ data }, step) {
  const node = data.nodes[step.node];
  return node.kind === "decision" ? byId(node.choices, step.choice) : undefined;
}

/** Who somebody is. @param {Story} story */
export function opening(story) {
  const { kit, data } = story;
  const { t } = kit;
  return h(
    "div.cp-card",
    { "data-focus": "" },
    kit.title(),
    h("p.cp-small", t("minutes", { n: data.minutes })),
    h("div.cp-scene", { html: data.summary }),
    h("div.cp-scene", { html: data.role }),
    data.content_note &&
      notice(h("strong", t("content_note")), h("div", { html: data.content_note })),
    h("p.cp-small", t("cast")),
    h(
      "ul.cp-cast",
      data.cast.map((person) =>
        h("li", disc(story, person), h("span", h("strong", person.name), h("span", person.about)))
      ),
    ),
    kit.actions(kit.button("begin", () => story.begin(), "main")),
  );
}

/** The scenes before this one, folded away. @param {Story} story @param {number} n */
export function soFar(story, n) {
  const { kit, state } = story;
  return n > 0 && !state.finished && h(
    "details.cp-sofar",
    h("summary", kit.t("so_far")),
    h(
      "ol",
      state.steps.slice(0, n).map((step, at) => {
        const choice = chosenAt(story, step);
        return h(
          "li",
          h("strong", titleOf(story, step.node, at + 1)),
          choice && h("span", kit.t("you_chose"), " ", h("span", { html: choice.text })),
        );
      }),
    ),
  );
}

/** The scene where the learner stands. @param {Story} story @param {Path} path @param {number} n */
export function scene(story, path, n) {
  const { kit, data, state } = story;
  const id = path.nodes[n];
  const node = data.nodes[id];
  const step = state.after ? state.steps[n] : null;
  const choice = step && chosenAt(story, step);
  const ask = `${kit.uid}-ask`;
  return h(
    "div.cp-card",
    node.title && h("p.cp-kicker", kit.t("scene", { n: n + 1 })),
    kit.heading(
      1,
      { class: "cp-scene-title", [choice ? "id" : "data-focus"]: "" },
      titleOf(story, id, n + 1),
    ),
    gauges(story, path.meters[path.used]),
    h("div.cp-scene", { html: node.scene }),
    lines(story, node),
    node.kind === "decision" && h("p.cp-ask", { id: ask, html: node.ask }),
    choice
      ? after(story, choice, path, n)
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
    node.choices.map((choice) =>
      h("button.cp-choice", {
        html: choice.text,
        click: () => story.take({ node: id, choice: choice.id }),
      })
    ),
  );

/** What a choice leads to. @param {Story} story @param {Choice} choice @param {Path} path @param {number} n */
function after(story, choice, path, n) {
  const { kit } = story;
  const { t } = kit;
  return [
    h("ul.cp-lines", h("li.cp-mine", bubble(t("you"), choice.text))),
    kit.heading(2, { "data-focus": "" }, t("what_happens")),
    h("div.cp-scene", { html: choice.consequence }),
    moves(story, path, n).map((text) => h("p.cp-moved", text)),
    h(
      `div.cp-outcome.cp-${choice.support}`,
      verdictLine(choice.support, t(`support.${choice.support}`)),
      h("div", { html: choice.feedback }),
      basisOf(kit, choice),
    ),
    kit.actions(kit.button("go_on", () => story.goOn(), "main")),
  ];
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
  /** @param {string} type */
  const tell = (type) => {
    if (type !== "check" || !isScored) return;
    go.hidden = false;
    step = { node: id, response: responses[item.id] };
    story.add(step, true);
    kit.body.querySelector(".cp-foot")?.replaceWith(story.foot());
  };
  return [new ItemView(kit, item, "scenario", state, { tell }).root, message, go];
}

/** @param {string} name @param {string} html */
const bubble = (name, html) => h("div.cp-bubble", h("strong", name), h("span", { html }));

/** @param {Story} story @param {Person} person */
const disc = ({ data }, person) =>
  h(
    `span.cp-disc.cp-disc-${data.cast.indexOf(person) % 4}`,
    { "aria-hidden": "true" },
    person.initials,
  );

/** What people say. @param {Story} story @param {NodeBase} node */
export const lines = (story, node) =>
  node.lines.length > 0 && h(
    "ul.cp-lines",
    node.lines.map((line) => {
      const person = /** @type {Person} */ (byId(story.data.cast, line.who));
      return h("li", disc(story, person), bubble(person.name, line.says));
    }),
  );

/** How the meters stand, in words and dots. @param {Story} story @param {Meters} now */
export const gauges = ({ data, kit }, now) =>
  data.meters.length > 0 && h(
    "ul.cp-meters",
    data.meters.map((meter) => {
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

/** @param {Story["kit"]} kit @param {Meter} meter @param {number} value */
const meterText = (kit, meter, value) =>
  kit.t(meter.words.length ? "meter" : "meter_bare", {
    label: meter.label,
    word: meterWord(meter, value),
    n: value - meter.min,
    of: meter.max - meter.min,
  });

/** What a step moved, in words. @param {Story} story @param {Path} path @param {number} n */
export const moves = ({ data, kit }, path, n) =>
  data.meters.flatMap((meter) => {
    const [before, now] = [path.meters[n][meter.id], path.meters[n + 1][meter.id]];
    const key = now > before ? "meter_up" : "meter_down";
    return now === before ? [] : [kit.t(key, { meter: meterText(kit, meter, now) })];
  });
