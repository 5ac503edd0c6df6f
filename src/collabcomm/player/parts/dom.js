/**
 * Elements, texts and numbers: what every script of ours draws with.
 *
 * @typedef {Node | string | number | boolean | null | undefined} Leaf
 * @typedef {Leaf | any[]} Child nested lists are laid flat; what is empty or false is left out
 * @typedef {Record<string, any>} Props attributes, listeners by the name of their event, booleans of
 *   the element (`disabled`, `hidden`, ...), and `html`, which is compiled and cleaned
 */

import { own } from "./values.js";

/** An element: `h("p.small.warm", { id }, ...children)`, properties optional. All but `html` is text.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @overload @param {Tag} spec @param {...(Props | Child)} rest @returns {HTMLElementTagNameMap[Tag]}
 */
/**
 * @overload @param {string} spec @param {...(Props | Child)} rest @returns {HTMLElement}
 */
/** @param {string} spec @param {...any} rest @returns {HTMLElement} */
export function h(spec, ...rest) {
  const [tag, ...classes] = spec.split(".");
  /** @type {any} */
  const node = document.createElement(tag);
  const props = rest[0] && rest[0].constructor === Object ? rest.shift() : {};
  if (tag === "button") node.type = "button";
  if (classes.length) node.className = classes.join(" ");
  for (const [key, value] of Object.entries(props)) {
    if (key === "html") node.innerHTML = value;
    else if (typeof value === "function") node.addEventListener(key, value);
    else if (typeof value === "boolean" || key === "type") node[key] = value;
    else if (value !== null && value !== undefined && key !== "value") {
      node.setAttribute(key, value);
    }
  }
  node.append(...rest.flat(9).filter((child) => child || child === 0));
  if ("value" in props) node.value = props.value;
  return node;
}

/** A part of a drawing. @param {string} tag @param {Record<string, string | number>} props
 * @param {...Node | string} children @returns {SVGElement} */
export function svg(tag, props, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(props)) node.setAttribute(key, `${value}`);
  node.append(...children);
  return node;
}

/** @type {Record<string, string>} */
const ICONS = {
  well: "M5 10.5l3.5 3.5L15 7",
  partly: "M5.5 10h9",
  poorly: "M6.5 6.5l7 7M13.5 6.5l-7 7",
  contested: "M5 10h10M7.5 7.5L5 10l2.5 2.5M12.5 7.5L15 10l-2.5 2.5",
  note: "M10 9v5M10 6v.5",
  up: "M5 12l5-5 5 5",
  down: "M5 8l5 5 5-5",
};

/** @param {string} name one of the icons above */
export const icon = (name) =>
  svg(
    "svg",
    { viewBox: "0 0 20 20", class: "cp-icon", "aria-hidden": "true" },
    svg("circle", { cx: 10, cy: 10, r: 9 }),
    svg("path", { d: ICONS[name] }),
  );

/** The text of inline HTML. @param {string} html */
export function plain(html) {
  return (h("template", { html }).content.textContent ?? "").trim();
}

/** @param {...Child} content */
export const notice = (...content) => h("div.cp-notice", icon("note"), h("div", ...content));

/** Texts with `{names}` filled in; an unknown key shows itself.
 * @param {Record<string, string> | null | undefined} strings @param {string} [prefix] of every key
 * @returns {(key: string, values?: Record<string, any>) => string} */
export function texts(strings, prefix = "") {
  return (key, values = {}) =>
    `${own(strings, prefix + key) ?? key}`
      .replace(/\{(\w+)\}/g, (all, name) => (name in values ? values[name] : all));
}

/** A UUID, also where a page is no secure context (http on a local network). */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** Numbers as people write them: 1.3, not 1.3333333. @param {number} number */
export const neat = (number) => Math.round(number * 10) / 10;

/** Focus what is no control. What is read from its top goes to the top of the window, unless it is
 * high enough already; with `nearest` the page moves only as far as it must.
 * @param {HTMLElement} node @param {boolean} [nearest] */
export function focusOn(node, nearest = false) {
  node.tabIndex = -1;
  node.focus({ preventScroll: true });
  if (nearest) return node.scrollIntoView({ block: "nearest" });
  const { top } = node.getBoundingClientRect();
  if (top < 0 || top > innerHeight * 0.7) node.scrollIntoView();
}
