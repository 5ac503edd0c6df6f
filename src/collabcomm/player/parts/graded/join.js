/**
 * The form with which a learner joins a cohort.
 *
 * @import { GradedQuiz, Me } from "../graded.js"
 */

import { h } from "../dom.js";
import { call } from "../service.js";
import { overview } from "./overview.js";

const NAME_LENGTH = 80;
const CODE_LENGTH = 40;

/** Show it. @param {GradedQuiz} quiz @param {string} [why] the learner has to join again */
export function joinForm(quiz, why = "") {
  const { kit } = quiz;
  const invited = new RegExp(`^#join=([\\w-]{1,${CODE_LENGTH}})$`).exec(location.hash);
  const code = field(quiz, "graded.code", {
    value: invited?.[1] || "",
    maxlength: CODE_LENGTH,
    autocomplete: "off",
    autocapitalize: "characters",
    spellcheck: "false",
  });
  const name = field(quiz, "graded.name", { maxlength: NAME_LENGTH, autocomplete: "name" });
  code.input.addEventListener("input", () => askName(quiz, name, false));
  quiz.screen(
    false,
    quiz.intro(),
    h(
      "form.cp-card",
      { submit: quiz.attempt(() => join(quiz, code, name)) },
      kit.heading(1, kit.t("graded.join")),
      h("p", kit.t("graded.join_note")),
      code.root,
      name.root,
      quiz.problem,
      kit.actions(h("button.cp-button.cp-main", { type: "submit" }, kit.t("graded.join_button"))),
    ),
  );
  quiz.problem.textContent = why;
}

/** @typedef {{root: HTMLElement, input: HTMLInputElement, note: HTMLElement}} Field */

/** @param {GradedQuiz} quiz @param {string} key @param {Record<string, any>} props @returns {Field} */
function field({ kit }, key, props) {
  const id = `${kit.uid}-${key}`;
  const input = h("input", { id, type: "text", "aria-describedby": `${id}-note`, ...props });
  const note = h("p.cp-hint", { id: `${id}-note` }, kit.t(`${key}_note`));
  return { root: h("div.cp-field", h("label", { for: id }, kit.t(key)), input, note), input, note };
}

/** Whether a name is needed is known of a cohort only once its code has been tried.
 * @param {GradedQuiz} quiz @param {Field} name @param {boolean} isNeeded */
function askName({ kit }, { input, note }, isNeeded) {
  input.required = isNeeded;
  note.textContent = kit.t(isNeeded ? "graded.name_needed" : "graded.name_note");
}

/** @param {GradedQuiz} quiz @param {Field} code @param {Field} name */
async function join(quiz, code, name) {
  const [typed, called] = [code.input.value.trim(), name.input.value.trim()];
  const answer = typed
    ? await call(`${quiz.api}/join`, "POST", { code: typed, name: called || null })
    : null;
  if (answer?.ok) {
    quiz.me = /** @type {Me} */ (answer.body);
    return overview(quiz, true);
  }
  quiz.problem.textContent = answer ? quiz.refusal(answer) : quiz.kit.t("graded.no_code");
  askName(quiz, name, !called && answer?.status === 422);
  (name.input.required ? name : code).input.focus();
}
