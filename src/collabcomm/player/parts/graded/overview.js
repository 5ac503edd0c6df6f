/**
 * What a learner has done so far, and what they can do now.
 *
 * @import { GradedQuiz, Me } from "../graded.js"
 * @import { Json } from "../state.js"
 */

import { h, neat, uuid } from "../dom.js";
import { isNewer } from "../format.js";
import { call } from "../service.js";
import { joinForm } from "./join.js";
import { questions } from "./questions.js";
import { ended } from "./result.js";

/** Ask for the learner's attempts and show them. @param {GradedQuiz} quiz @param {boolean} focus */
export async function overview(quiz, focus) {
  const { kit, data, problem } = quiz;
  const { t } = kit;
  const { learner, cohort } = /** @type {Me} */ (quiz.me);
  quiz.open(learner?.id ?? "");
  const answer = await call(`${quiz.api}/attempts?activity=${encodeURIComponent(data.id)}`);
  if (kit.abort.signal.aborted) return;
  if (answer.status === 401) return joinForm(quiz, t("graded.again"));
  const { attempts = [], left } = answer.body;
  const past = attempts.filter((/** @type {Json} */ attempt) => attempt.status !== "open");
  const record = { href: `${quiz.api}/me/record`, download: `record-${cohort.code}.json` };
  quiz.screen(
    focus,
    quiz.intro(),
    h(
      "div.cp-card",
      h(
        "p",
        t("graded.who", { name: learner?.name || t("graded.nameless"), cohort: cohort.name }),
        " ",
        quiz.button("graded.leave", () => leave(quiz), "link"),
      ),
      cohort.names === "pseudonyms" && h("p.cp-hint", t("graded.pseudonym")),
      past.length > 0 && pastAttempts(quiz, past),
      typeof left === "number" && h("p", t("graded.left", { n: left })),
      past.length > 0 && h("p", h("a", record, t("graded.record"))),
      problem,
      kit.actions(onwardButton(quiz, attempts, left)),
    ),
  );
  if (!answer.ok) problem.textContent = quiz.refusal(answer);
}

/** @param {GradedQuiz} quiz @param {Json[]} past */
function pastAttempts(quiz, past) {
  const { kit: { t }, data, asks } = quiz;
  const line = (/** @type {Json} */ attempt) =>
    t(asks ? "graded.given" : "graded.one", {
      date: new Date(attempt.submitted).toLocaleDateString(data.lang, { dateStyle: "long" }),
      percent: neat(attempt.percent),
      passed: t(attempt.passed ? "graded.passed" : "graded.not_passed"),
    });
  const look = (/** @type {Json} */ attempt) =>
    !asks && quiz.button("graded.look", () => enter(quiz, attempt.id), "link");
  return [
    quiz.kit.heading(1, t("graded.past")),
    h("ol.cp-past", past.map((attempt) => h("li", line(attempt), " ", look(attempt)))),
  ];
}

/** What goes on with an open attempt or starts one, where one is left.
 * @param {GradedQuiz} quiz @param {Json[]} attempts @param {unknown} left */
function onwardButton(quiz, attempts, left) {
  const going = attempts.find((attempt) => attempt.status === "open");
  if (going) {
    const key = quiz.asks ? "go_on" : "graded.resume";
    return quiz.button(key, () => enter(quiz, going.id), "main");
  }
  if (typeof left === "number" && left <= 0) return null;
  return quiz.button(quiz.asks ? "begin" : "graded.start", () => enter(quiz), "main");
}

/** @param {GradedQuiz} quiz */
async function leave(quiz) {
  if (quiz.queue.count) {
    quiz.problem.textContent = quiz.kit.t("graded.leave_waiting");
    return;
  }
  await call(`${quiz.api}/leave`, "POST", {});
  delete quiz.stored.learners[quiz.me?.learner?.id ?? ""];
  delete quiz.stored.last;
  quiz.keep();
  joinForm(quiz);
}

/** Open an attempt, or start one under an id kept before it is sent: asking again after a lost
 * answer starts no second one. @param {GradedQuiz} quiz @param {string} [id] */
async function enter(quiz, id) {
  const { kept, data } = quiz;
  if (!id) kept.starting ??= uuid();
  quiz.keep();
  const about = { activity: data.id, kind: "quiz", version: data.version };
  const answer =
    await (id
      ? call(`${quiz.api}/attempts/${id}`)
      : call(`${quiz.api}/attempts/${kept.starting}`, "PUT", about));
  delete kept.starting;
  const { quiz: drawn, result } = answer.body;
  if (!answer.ok) quiz.problem.textContent = quiz.refusal(answer);
  else if (drawn && isNewer(drawn)) quiz.problem.textContent = quiz.kit.t("newer");
  else if (result) ended(quiz, answer.body);
  else goOn(quiz, answer.body);
  quiz.keep();
}

/** Go on with an attempt; what waits here goes before what the service has.
 * @param {GradedQuiz} quiz @param {Json} attempt */
function goOn(quiz, attempt) {
  const { kept, queue } = quiz;
  if (kept.attempt !== attempt.id) Object.assign(kept, { queue: {}, responses: {} });
  const checked = attempt.checked || [];
  const waiting = Object.entries(kept.queue).map(([item, entry]) => [item, entry.response]);
  Object.assign(kept, {
    checked: Object.fromEntries(checked.map((/** @type {Json} */ item) => [item.id, item])),
    atOnce: quiz.me?.cohort.feedback === "at-once" && !quiz.asks,
    attempt: attempt.id,
    quiz: attempt.quiz,
    responses: { ...kept.responses, ...attempt.responses, ...Object.fromEntries(waiting) },
  });
  queue.release();
  questions(quiz, attempt.quiz, true);
  queue.send();
}
