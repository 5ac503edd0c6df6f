/**
 * An attempt is handed in, and its result is shown.
 *
 * @import { Result } from "../../types.d.ts"
 * @import { GradedQuiz } from "../graded.js"
 * @import { Json } from "../state.js"
 */

import { h, neat } from "../dom.js";
import { verdictLine } from "../feedback.js";
import { ItemView } from "../item.js";
import { call } from "../service.js";
import { overview } from "./overview.js";

/** Hand in, once all answers have arrived. @param {GradedQuiz} quiz */
export async function submit(quiz) {
  const { kit, problem, queue } = quiz;
  problem.textContent = kit.t("graded.sending");
  queue.release();
  await queue.sending;
  await queue.send();
  const detail = queue.held;
  if (detail) problem.textContent = kit.t("graded.held", { detail });
  else if (queue.count) problem.textContent = kit.t("graded.not_yet");
  else {
    const answer = await call(`${quiz.api}/attempts/${quiz.kept.attempt}/submit`, "POST", {});
    if (!answer.ok) {
      problem.textContent = quiz.refusal(answer);
      return;
    }
    ended(quiz, answer.body);
    const { raw, max, passed } = answer.body.result;
    kit.tell("finish", { finished: true }, { score: { raw, max }, passed });
  }
}

/** An attempt is over: show its result. @param {GradedQuiz} quiz @param {Json} attempt */
export function ended(quiz, { id, result }) {
  const { kit, kept, problem } = quiz;
  if (kept.attempt === id) {
    Object.assign(kept, { attempt: null, quiz: null, responses: {}, queue: {}, checked: {} });
    quiz.keep();
  }
  if (!quiz.asks) return showResult(quiz, result);
  quiz.screen(
    true,
    h(
      "div.cp-card.cp-result",
      kit.heading(1, kit.t("graded.thanks")),
      h("p", kit.t("graded.thanks_note")),
      problem,
    ),
  );
}

/** @param {GradedQuiz} quiz @param {Result & {shown?: boolean}} result `shown` is false where the
 * answers are told only when the cohort has closed */
function showResult(quiz, { raw, max, percent, items, passed, pass_mark: mark, shown }) {
  const { kit, kit: { t } } = quiz;
  const level = passed === false ? "partly" : "well";
  const responses = Object.fromEntries(items.map((item) => [item.id, item.response]));
  const state = { responses, checked: {}, shown: {} };
  const views = items.map((item, at) =>
    new ItemView(kit, item, "result", state, { n: at + 1, of: items.length })
  );
  quiz.screen(
    true,
    h(
      `div.cp-card.cp-result.cp-${level}`,
      kit.heading(1, t("graded.result")),
      verdictLine(level, t(level === "well" ? "graded.passed" : "graded.not_passed")),
      h("p.cp-score", t("graded.percent", { n: neat(percent) })),
      h(
        "p",
        t("points", { n: neat(raw), of: neat(max) }),
        " · ",
        t("graded.pass_mark", { n: mark }),
      ),
      h("p.cp-hint", t("graded.scored")),
      shown === false && h("p", t("graded.later")),
      quiz.problem,
      kit.actions(quiz.button("graded.overview", () => overview(quiz, true))),
    ),
    h("div.cp-items", views.map((view) => view.root)),
  );
}
