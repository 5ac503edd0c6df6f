/**
 * The player: quizzes, scenarios and reflections, in a book page, a notebook and Voila. It knows
 * player JSON alone. This is the script's beginning; `player/join.py` joins its parts.
 */

import { defineElements } from "./elements.js";
import { render } from "./widget.js";

export { holds, isValid, itemPoints, passed, picks, play, score, scoreQuiz } from "./scoring.js";
export { bestOrder } from "./items/sequencing.js";
export { normalise } from "./items/short_text.js";
export { meterWord } from "./meters.js";
export { layers } from "./graph.js";
export { resumeQuiz, resumeScenario } from "./state.js";
export { mountQuiz } from "./quiz.js";
export { mountScenario } from "./scenario.js";
export { mountReflection } from "./reflection.js";
export { CourseQuiz, CourseReflection, CourseScenario } from "./elements.js";

defineElements();

export default { render };
