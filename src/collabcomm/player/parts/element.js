/**
 * An activity as an element of a page: it fires a bubbling `course-event`, and what it holds stays
 * where it has no content, or content that this player does not know.
 *
 * @import { Options } from "./kit.js"
 * @typedef {(root: HTMLElement, data: any, options: Options) => () => void} Mount
 */

import { isNewer, newer } from "./format.js";
import { keep, kept, keyOf, quietly } from "./storage.js";

/** @param {ParentNode} where @param {string} selector @returns {any} */
const readJson = (where, selector) =>
  quietly(() => JSON.parse(where.querySelector(selector)?.textContent ?? ""), null);

/** @type {typeof HTMLElement} */
const Base = globalThis.HTMLElement || Object;

/** An element that mounts an activity on its data.
 * @param {Mount} mount @param {(element: HTMLElement) => any} load */
export const elementOf = (mount, load) =>
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

/** The content that an element holds as JSON in a script. @param {HTMLElement} element */
export const fromScript = (element) => readJson(element, 'script[type="application/json"]');

/** Define `<course-KIND>`, where there are elements and nobody has. @param {string} kind
 * @param {typeof HTMLElement} element */
export function define(kind, element) {
  const registry = globalThis.customElements;
  if (registry && !registry.get(`course-${kind}`)) registry.define(`course-${kind}`, element);
}
