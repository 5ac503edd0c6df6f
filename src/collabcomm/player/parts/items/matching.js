/** Pairs: an answer for each prompt.
 * @import { MatchingItem, Prompt } from "../../types.d.ts"
 * @import { ItemView } from "../item.js"
 * @import { ItemType } from "./base.js" */

import { h, plain } from "../dom.js";
import { verdictLine } from "../feedback.js";
import { byId, isMap, own } from "../values.js";
import { BASE } from "./base.js";

/** @type {ItemType<MatchingItem>} */
export const matching = {
  ...BASE,
  hasHint: true,
  picks: (item, response) =>
    isMap(response)
      ? item.prompts.filter((prompt) => byId(item.answers, own(response, prompt.id)))
        .map((prompt) => `${prompt.id}:${response[prompt.id]}`)
      : [],
  isComplete: (item, response) => matching.picks(item, response).length === item.prompts.length,
  isBegun: (item, response) => matching.picks(item, response).length > 0,
  controls: (view) => view.item.prompts.map((prompt) => pair(view, prompt)),
};

/** @param {ItemView<MatchingItem>} view @param {Prompt} prompt */
function pair(view, prompt) {
  const { item, isDone, kit: { t } } = view;
  const id = `${view.name}-${prompt.id}`;
  const value = own(given(view), prompt.id) || "";
  return h(
    "div.cp-pair",
    h("label", { for: id, html: prompt.text }),
    h(
      "select",
      {
        id,
        disabled: isDone,
        value,
        change: (/** @type {any} */ { target }) => pick(view, prompt, target.value),
      },
      h("option", { value: "" }, t("choose")),
      item.answers.map((answer) => h("option", { value: answer.id }, plain(answer.text))),
    ),
    isDone && pairTold(view, prompt, value),
  );
}

/** @param {ItemView<MatchingItem>} view @param {Prompt} prompt @param {string} value */
function pairTold({ item, isOpen, kit: { t } }, prompt, value) {
  const fits = (/** @type {string} */ answer) =>
    (own(item.weights, `${prompt.id}:${answer}`) ?? 0) > 0;
  const level = fits(value) ? "well" : "poorly";
  const right = item.answers.find((answer) => fits(answer.id));
  return h(
    `div.cp-feedback.cp-told.cp-${level}`,
    verdictLine(level, t(`pair.${level}`)),
    " ",
    isOpen && level !== "well" && right &&
      h("p", t("belongs"), " ", h("strong", { html: right.text })),
    (isOpen || level === "well") && prompt.feedback && h("div", { html: prompt.feedback }),
  );
}

/** @param {ItemView<MatchingItem>} view @returns {Record<string, string>} */
const given = ({ response }) => isMap(response) ? response : {};

/** @param {ItemView<MatchingItem>} view @param {Prompt} prompt @param {string} answer */
function pick(view, prompt, answer) {
  const { [prompt.id]: _, ...others } = given(view);
  view.answer(answer ? { ...others, [prompt.id]: answer } : others);
}
