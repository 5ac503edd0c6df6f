/**
 * The player of a page: it defines `<course-quiz root heading>` and `<course-reflection name>`, and
 * holds what the scripts beside it share (`scenario.js`, `graded.js`). It knows player JSON alone.
 * `player/join.py` joins its parts.
 */

import { define, elementOf, fromScript } from "./element.js";
import { mountQuiz } from "./quiz.js";
import { mountReflection } from "./reflection.js";

export { isValid, itemPoints, passed, picks, score, scoreQuiz } from "./scoring.js";
export { bestOrder } from "./items/sequencing.js";
export { normalise } from "./items/short_text.js";
export { mountQuiz } from "./quiz.js";
export { mountReflection } from "./reflection.js";

export const CourseQuiz = elementOf(mountQuiz, fromScript);

/** @param {HTMLElement} element */
const fromChildren = (element) => ({
  kind: "reflection",
  id: element.getAttribute("name"),
  prompts: [...element.childNodes],
});

export const CourseReflection = elementOf((root, data, options) => {
  root.replaceChildren(...data.prompts);
  return mountReflection(root, data, options);
}, fromChildren);

define("quiz", CourseQuiz);
define("reflection", CourseReflection);
