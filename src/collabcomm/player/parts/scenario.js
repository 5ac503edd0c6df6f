/**
 * What a page with a story has beside the player: it defines `<course-scenario root heading>`.
 */

import { define, elementOf, fromScript } from "./element.js";
import { mountScenario } from "./story.js";

export { meterWord } from "./meters.js";
export { mountScenario } from "./story.js";

export const CourseScenario = elementOf(mountScenario, fromScript);

define("scenario", CourseScenario);
