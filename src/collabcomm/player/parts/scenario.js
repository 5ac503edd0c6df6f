/**
 * What a page with a story has beside the player: it defines `<course-scenario root heading>`.
 */

import { mountScenario } from "./card.js";
import { define, elementOf, fromScript } from "./element.js";

export { mountScenario } from "./card.js";

export const CourseScenario = elementOf(mountScenario, fromScript);

define("scenario", CourseScenario);
