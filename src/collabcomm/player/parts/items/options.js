/**
 * Options to choose from, which single choice, multiple response, judgement and self-ratings share.
 *
 * @import { Item, Option } from "../../types.d.ts"
 * @import { ItemView } from "../item.js"
 * @import { Level, Verdict } from "./base.js"
 * @typedef {Extract<Item, {options: any}>} WithOptions
 */

import { h, icon } from "../dom.js";
import { verdictLine } from "../feedback.js";
import { byId } from "../values.js";

/** The one option chosen. @param {WithOptions} item @param {unknown} response @returns {string[]} */
export const onePick = (item, response) => {
  const option = byId(item.options, response);
  return option ? [option.id] : [];
};

/** @param {WithOptions} item @param {Option} option @returns {Level} */
const optionLevel = ({ weights }, option) =>
  option.support || ((weights?.[option.id] ?? 0) > 0 ? "well" : "poorly");

/** @param {WithOptions} item @param {Option} option @param {boolean} isPicked */
function optionWord(item, option, isPicked) {
  const level = optionLevel(item, option);
  if (option.support) return `support.${level}`;
  if (isPicked) return `option.picked.${level}`;
  const keys = Object.values(item.weights ?? {}).filter((weight) => weight > 0);
  return `option.left.${level === "well" && keys.length === 1 ? "only" : level}`;
}

/** What is said of the one option chosen. @param {ItemView<WithOptions>} view @returns {Verdict | null} */
export function verdictOfPick({ item, picked }) {
  const option = byId(/** @type {Option[]} */ (item.options), picked[0]);
  if (!option) return null;
  const details = option.feedback ? [h("div", { html: option.feedback })] : [];
  return { level: optionLevel(item, option), word: optionWord(item, option, true), details };
}

/** The options with their controls. @param {ItemView<WithOptions>} view @param {"radio" | "checkbox"} kind */
export const optionList = (view, kind) =>
  view.item.options.map((option) => optionRow(view, kind, option));

/** @param {ItemView<WithOptions>} view @param {"radio" | "checkbox"} kind @param {Option} option */
function optionRow(view, kind, option) {
  const { item, isDone } = view;
  const isPicked = view.picked.includes(option.id);
  const level = optionLevel(item, option);
  const tells = isDone && view.type.isScored &&
    (isPicked || (view.isOpen && (view.mode !== "result" || level === "well")));
  // What is said of the one option chosen stands where Check was.
  const isBelow = isPicked && kind === "radio";
  const about = `${view.name}-${isBelow ? "told" : option.id}`;
  // Colours judge what the learner did: to leave out what is not well supported was no mistake.
  const isJudged = isPicked || level === "well";
  const change = () =>
    view.answer(
      kind === "radio"
        ? option.id
        : [...view.root.querySelectorAll("input")].filter((box) => box.checked).map((box) =>
          box.value
        ),
    );
  return h(
    `div.cp-option${isPicked ? ".cp-picked" : ""}${tells && isJudged ? `.cp-${level}` : ""}`,
    h(
      "label",
      h("input", {
        type: kind,
        name: view.name,
        value: option.id,
        checked: isPicked,
        disabled: isDone,
        "aria-describedby": tells ? about : null,
        change,
      }),
      h("span", { html: option.text }),
      tells && isBelow && icon(level),
    ),
    tells && !isBelow && h(
      `div.cp-feedback${isPicked ? ".cp-told" : ""}`,
      { id: about },
      verdictLine(
        isJudged || option.support ? level : "partly",
        view.kit.t(optionWord(item, option, isPicked)),
      ),
      " ",
      option.feedback && h("div", { html: option.feedback }),
    ),
  );
}
