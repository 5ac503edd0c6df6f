/**
 * The questions of an attempt, and the last look before all is sent.
 *
 * @import { Item, Quiz } from "../../types.d.ts"
 * @import { GradedQuiz } from "../graded.js"
 */

import { focusOn, h } from "../dom.js";
import { ItemView } from "../item.js";
import { isValid } from "../scoring.js";
import { countable } from "../state.js";
import { own } from "../values.js";
import { submit } from "./result.js";

/** Show them. @param {GradedQuiz} quiz @param {Quiz} drawn @param {boolean} focus */
export function questions(quiz, drawn, focus) {
  const { kit, queue } = quiz;
  const panel = h("div");
  const progress = h("div.cp-progress");
  const all = countable(drawn).length;
  const sync = () => progress.replaceChildren(...kit.progress(all - open(quiz, drawn).length, all));
  /** @param {Item} item */
  const tell = (item) => {
    queue.record(item);
    panel.replaceChildren();
    sync();
  };
  queue.settle = {};
  const of = drawn.items.length;
  const state = { responses: quiz.kept.responses, checked: {}, shown: {} };
  const views = drawn.items.map((item, at) =>
    new ItemView(kit, item, "graded", state, { tell: () => tell(item), n: at + 1, of })
  );
  const roots = views.map((view, at) =>
    quiz.kept.atOnce && view.type.isScored ? checkable(quiz, view, at + 1, of) : view.root
  );
  const review = () => confirm(quiz, drawn, views, panel);
  quiz.screen(
    focus,
    progress,
    h("div.cp-items", roots),
    queue.status,
    kit.actions(kit.button("graded.review", review, "main")),
    panel,
  );
  sync();
  queue.tellStatus();
}

/** The items that have no complete answer. @param {GradedQuiz} quiz @param {Quiz} drawn */
const open = ({ kept }, drawn) =>
  countable(drawn).filter((item) => !isValid(item, own(kept.responses, item.id)));

/** What is still open, and the last question before all is sent.
 * @param {GradedQuiz} quiz @param {Quiz} drawn @param {ItemView[]} views @param {HTMLElement} panel */
function confirm(quiz, drawn, views, panel) {
  const { kit, kit: { t } } = quiz;
  const id = `${kit.uid}-sure`;
  const close = () => {
    panel.replaceChildren();
    views[0].focus();
  };
  const missing = open(quiz, drawn);
  const links = missing.map((item) => {
    const at = drawn.items.indexOf(item);
    const label = t("question", { n: at + 1, of: views.length });
    return h("li", h("button.cp-button.cp-link", { click: () => views[at].focus() }, label));
  });
  const box = h(
    "div.cp-card.cp-confirm",
    {
      role: "alertdialog",
      "aria-labelledby": id,
      "aria-describedby": `${id}-note`,
      keydown: (/** @type {KeyboardEvent} */ event) => event.key === "Escape" && close(),
    },
    kit.heading(1, { id }, t("graded.sure")),
    h("p", t(missing.length ? "graded.unanswered" : "graded.all_answered")),
    h("ul.cp-past", links),
    h("p", { id: `${id}-note` }, t("graded.sure_note")),
    quiz.problem,
    kit.actions(
      quiz.button("graded.submit", () => submit(quiz), "main"),
      kit.button("graded.back", close),
    ),
  );
  panel.replaceChildren(box);
  focusOn(box);
}

/** An item whose feedback shows as soon as its answer is checked; then the answer stays.
 * @param {GradedQuiz} quiz @param {ItemView} view @param {number} n @param {number} of */
function checkable({ kit, kept, queue }, view, n, of) {
  const { item } = view;
  const message = h("p.cp-message", { role: "alert" });
  const check = () => {
    const isReady = isValid(item, own(kept.responses, item.id));
    message.textContent = isReady ? "" : kit.t(`nothing.${item.type}`);
    if (isReady) queue.record(item, true);
  };
  const box = h("div", view.root, message, kit.actions(kit.button("check", check)));
  queue.settle[item.id] = (result) => {
    const hasFocus = box.contains(document.activeElement);
    const state = { responses: { [item.id]: result.response }, checked: {}, shown: {} };
    const told = new ItemView(kit, result, "result", state, { n, of });
    box.replaceChildren(told.root);
    if (hasFocus) told.present();
  };
  const before = own(kept.checked, item.id);
  if (before) queue.settle[item.id](before);
  return box;
}
