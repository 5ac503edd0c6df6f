/**
 * `<course-quiz root heading>`, `<course-scenario root heading>` and `<course-reflection name>`.
 * Each holds its content as JSON in a script, and fires a bubbling `course-event`; without content,
 * or with content that this player does not know, its readable version stays.
 *
 * @import { Options } from "./kit.js"
 * @typedef {(root: HTMLElement, data: any, options: Options) => () => void} Mount
 */

import { isNewer, newer } from "./format.js";
import { mountQuiz } from "./quiz.js";
import { mountReflection } from "./reflection.js";
import { mountScenario } from "./scenario.js";
import { keep, kept, keyOf, quietly } from "./storage.js";

/** @param {ParentNode} where @param {string} selector @returns {any} */
const readJson = (where, selector) =>
  quietly(() => JSON.parse(where.querySelector(selector)?.textContent ?? ""), null);

/** @type {typeof HTMLElement} */
const Base = globalThis.HTMLElement || Object;

/** An element that mounts an activity on its data.
 * @param {Mount} mount @param {(element: HTMLElement) => any} load */
const elementOf = (mount, load) =>
  class extends Base {
    /** @type {any} */
    data;
    /** @type {(() => void) | undefined} */
    stop;
    /** @type {HTMLElement | undefined} */
    newer;

    connectedCallback() {
      this.data ??= load(this);
      if (!this.data || this.newer) return;
      const strings = readJson(document, "script.course-strings");
      if (isNewer(this.data)) return this.prepend(this.newer = newer(strings));
      const key = keyOf(this.data.kind, this.data.id);
      this.stop = mount(this, this.data, {
        root: this.getAttribute("root"),
        heading: Number(this.getAttribute("heading")),
        strings,
        state: kept(key),
        onState: (state) => keep(key, state),
      });
    }

    disconnectedCallback() {
      this.stop?.();
    }
  };

/** @param {HTMLElement} element */
const fromScript = (element) => readJson(element, 'script[type="application/json"]');

/** @param {HTMLElement} element */
const fromChildren = (element) => ({
  kind: "reflection",
  id: element.getAttribute("name"),
  prompts: [...element.childNodes],
});

export const CourseQuiz = elementOf(mountQuiz, fromScript);
export const CourseScenario = elementOf(mountScenario, fromScript);
export const CourseReflection = elementOf((root, data, options) => {
  root.replaceChildren(...data.prompts);
  return mountReflection(root, data, options);
}, fromChildren);

export function defineElements() {
  const registry = globalThis.customElements;
  const elements = { quiz: CourseQuiz, scenario: CourseScenario, reflection: CourseReflection };
  for (const [kind, element] of Object.entries(elements)) {
    if (registry && !registry.get(`course-${kind}`)) registry.define(`course-${kind}`, element);
  }
}
