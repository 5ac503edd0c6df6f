/**
 * What all activities share: texts, the live region, headings, the way out for states and events.
 *
 * @import { Item } from "../types.d.ts"
 * @import { Child } from "./dom.js"
 * @import { Json } from "./state.js"
 * @typedef {Pick<typeof import("./story.js"), "Story">} Script
 * @typedef {{kind: string, id: string, version?: string, title?: string,
 *   strings?: Record<string, string>, items?: Item[]}} Data what all activities hold
 * @typedef {{state?: unknown, onEvent?: (event: Json) => void,
 *   onState?: (state: Json) => boolean | void, root?: string | null, heading?: number,
 *   strings?: Record<string, string> | null, story?: Script}} Options `state`: what was kept; `root`: the way to the
 *   site's root, null outside a book; `onState` answers false where nothing can be kept;
 *   `story` is the script that plays a story, where it is there already
 */

import { h, notice, texts } from "./dom.js";
import { withoutReflections } from "./state.js";
import { isText } from "./values.js";

let count = 0;

/** @template {Data} [T=Data] */
export class Kit {
  /** @param {HTMLElement} root @param {T} data @param {Options} options */
  constructor(root, data, options) {
    this.root = root;
    this.data = data;
    this.options = options;
    this.base = isText(options.root) ? options.root : null;
    this.uid = `cp${(count += 1)}`;
    this.t = texts(options.strings || data.strings, "player.");
    this.body = h("div.cp-body");
    this.live = h("div.cp-live", { role: "status", "aria-live": "polite" });
    this.notices = h("div.cp-notices");
    this.warned = false;
    this.abort = new AbortController();
    this.stop = () => this.abort.abort();
    root.classList.add("course-activity");
    root.replaceChildren(this.notices, this.body, this.live);
  }

  /** Tell those who hear the page. @param {string} text */
  say(text) {
    this.live.textContent = this.live.textContent === text ? `${text}\u00a0` : text;
  }

  /** @param {string} key */
  warn(key) {
    this.notices.append(notice(h("p", this.t(key))));
  }

  /** A heading so many levels below the activity's own.
   * @param {number} below @param {...any} rest */
  heading(below, ...rest) {
    return h(`h${Math.min((this.options.heading || 2) + below, 6)}`, ...rest);
  }

  /** The activity's own heading, out of sight where the page's title says the same. */
  title() {
    const { title } = this.data;
    const page = document.querySelector("h1")?.textContent ?? "";
    const same = page.replace(/[#¶\s]+$/, "").trim() === title;
    return this.heading(0, { class: same ? "cp-hidden" : "cp-title" }, title);
  }

  /** @param {string} key @param {(event: Event) => unknown} click @param {string} [kind] */
  button(key, click, kind = "quiet") {
    return h(`button.cp-button.cp-${kind}`, { click }, this.t(key));
  }

  /** @param {...Child} buttons */
  actions(...buttons) {
    return h("div.cp-actions", buttons);
  }

  /** Keep a state; where the browser keeps nothing, say so once. @param {Json} state */
  keep(state) {
    if (this.options.onState?.(state) !== false || this.warned) return;
    this.warned = true;
    this.warn("not_kept");
  }

  /** Fire a `course-event`. @param {string} type @param {Json} state @param {Json} [more] */
  tell(type, state, more = {}) {
    const { id, kind, version } = this.data;
    const detail = {
      type,
      kind,
      id,
      version,
      ...more,
      state: withoutReflections(this.data, state),
    };
    this.options.onEvent?.(detail);
    this.root.dispatchEvent(new CustomEvent("course-event", { bubbles: true, detail }));
  }

  /** @param {string} type @param {Json} state @param {Json} [more] */
  emit(type, state, more) {
    this.keep(state);
    this.tell(type, state, more);
  }

  /** Listen to the window until the activity is taken away.
   * @param {string} name @param {() => unknown} heard */
  listen(name, heard) {
    addEventListener(name, heard, { signal: this.abort.signal });
  }

  /** How much is answered, in words and as a bar. @param {number} n @param {number} of */
  progress(n, of) {
    const label = this.t("answered", { n, of });
    const fill = h("span");
    fill.style.width = `${(100 * n) / of}%`;
    const bar = h("div.cp-bar", {
      role: "progressbar",
      "aria-label": label,
      "aria-valuetext": label,
      "aria-valuemin": 0,
      "aria-valuemax": of,
      "aria-valuenow": n,
    }, fill);
    return [h("span", label), bar];
  }
}
