/**
 * The book around the activities: colours, progress marks, the way to go on. Pages work without it.
 *
 * @import { Show, Take } from "./record.js"
 * @import { ShowReturns } from "./returns.js"
 */

import { forget, keep, kept, keyOf, keysFrom, quietly } from "../../player/parts/storage.js";
import { leaving, printing, tools } from "./forms.js";
import { answered, entryOf } from "./spacing.js";

const page = document.documentElement;
const THEME = "collabcomm:theme"; // of all courses at this address

/** @param {string | undefined} lesson */
const isDone = (lesson) => kept(keyOf("lesson", lesson ?? ""))?.done === true;

/** @template {Element} [T=HTMLElement] @param {string} selector */
const first = (selector) => /** @type {T | null} */ (document.querySelector(selector));

/** @template {Element} [T=HTMLElement] @param {string} selector */
const all = (selector) => /** @type {T[]} */ ([...document.querySelectorAll(selector)]);

function colours() {
  /** @type {HTMLSelectElement | null} */
  const select = first("#theme");
  if (!select) return;
  select.value = page.dataset.theme ?? "";
  select.closest("label")?.removeAttribute("hidden");
  select.addEventListener("change", () => {
    if (select.value) page.dataset.theme = select.value;
    else delete page.dataset.theme;
    // Plain text, since `theme.js` reads it before anything else is there. Where storage is
    // forbidden, the choice lasts as long as the page.
    if (select.value) quietly(() => localStorage.setItem(THEME, select.value), undefined);
    else forget(THEME);
  });
}

/** Show what is done: in lists, on the cards, on the button of the lesson, and where to go on. */
function marks() {
  for (const entry of all("[data-lesson]")) {
    const done = isDone(entry.dataset.lesson);
    entry.classList.toggle("is-done", done);
    entry.querySelector(".done-mark")?.toggleAttribute("hidden", !done);
  }
  for (const card of all("[data-lessons]")) progress(card);
  goOn();
}

/** How many of a module's lessons are done. @param {HTMLElement} card */
function progress(card) {
  const lessons = (card.dataset.lessons ?? "").split(" ");
  const done = lessons.filter(isDone).length;
  card.hidden = done === 0;
  const text = card.querySelector("span");
  const told = (card.dataset.text ?? "").replace("{done}", `${done}`);
  if (text) text.textContent = told.replace("{n}", `${lessons.length}`);
  const bar = card.querySelector("progress");
  if (bar) bar.value = done;
}

/** The button of the home page leads to the first lesson that is not done. */
function goOn() {
  /** @type {HTMLAnchorElement | null} */
  const begin = first(".begin");
  /** @type {HTMLAnchorElement[]} */
  const links = all(".contents a");
  const lessons = links.filter((link) => link.dataset.lesson);
  const last = lessons[lessons.length - 1];
  const next = lessons.find((link) => !isDone(link.dataset.lesson)) ??
    links[links.indexOf(last) + 1];
  if (begin && next && lessons.some((link) => isDone(link.dataset.lesson))) {
    begin.href = next.href;
    begin.textContent = (begin.dataset.goOn ?? "").replace("{title}", next.textContent ?? "");
  }
}

function lessonButton() {
  /** @type {HTMLButtonElement | null} */
  const button = first("#lesson-done");
  if (!button) return;
  const open = button.textContent ?? "";
  const { lesson, done: told } = button.dataset;
  const key = keyOf("lesson", lesson ?? "");
  const show = () => {
    button.textContent = isDone(lesson) ? (told ?? "") : open;
    marks();
  };
  const set = (/** @type {boolean} */ done) => {
    if (done) keep(key, { done: true, at: new Date().toISOString() });
    else forget(key);
    show();
  };
  button.hidden = false;
  button.addEventListener("click", () => set(!isDone(lesson)));
  document.addEventListener("course-event", (event) => {
    const { detail } = /** @type {CustomEvent} */ (event);
    if (detail?.type === "finish" && detail.kind === "quiz") set(true);
  });
  show();
}

/** The button that takes everything of this course off the device. */
function clearing() {
  const box = first(".clear");
  /** @type {HTMLButtonElement | null} */
  const button = first("#clear");
  if (!box || !button) return;
  box.hidden = false;
  button.addEventListener("click", () => {
    keysFrom(keyOf("")).forEach(forget);
    const status = box.querySelector("[role=status]");
    if (status) status.textContent = button.dataset.cleared ?? "";
    setTimeout(() => location.reload(), 600);
  });
}

/** The open contents close on Escape and on a click elsewhere. */
function contents() {
  /** @type {HTMLDetailsElement | null} */
  const menu = first(".contents");
  if (!menu) return;
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) {
      menu.open = false;
      menu.querySelector("summary")?.focus();
    }
  });
  document.addEventListener("click", (event) => {
    if (menu.open && !menu.contains(/** @type {Node} */ (event.target))) menu.open = false;
  });
}

/** A statement that hover or focus shows is put away with Escape until the pointer comes back. */
function statements() {
  const rows = all(".evidence-map tbody th");
  if (!rows.length) return;
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const row of rows) {
      row.classList.toggle("put-away", row.matches(":hover, :focus-within"));
    }
  });
  for (const row of rows) {
    for (const type of ["pointerenter", "focusin"]) {
      row.addEventListener(type, () => row.classList.remove("put-away"));
    }
  }
}

/**
 * What is finished goes into the learner's record, and the record's page shows it. It is written
 * down at once, so that leaving the page loses nothing; the record takes it from there, now or next
 * time.
 */
function record() {
  const place = first("#course-record");
  const load = async () => {
    /** @type {{take: Take, show: Show}} */
    const { take, show } = await import("./record.js");
    await take();
    if (place) show(place);
  };
  const quietLoad = () => load().catch(() => {});
  if (place || keysFrom(keyOf("finished", "")).length) quietLoad();
  document.addEventListener("course-event", (event) => {
    const { type, kind, id, version, state, skills } = /** @type {CustomEvent} */ (event).detail ??
      {};
    const responses = kind === "quiz" ? state?.responses : null;
    const steps = kind === "scenario" ? state?.steps : null;
    if (type !== "finish" || (!responses && !steps)) return; // of a graded quiz the service keeps it
    const at = new Date().toISOString();
    const finished = { at, kind, activity: id, version, responses, steps, ...skills && { skills } };
    keep(keyOf("finished", at, `${Math.random()}`), finished);
    quietLoad();
  });
}

/** Questions that were missed come back on the home page. */
function returns() {
  document.addEventListener("course-event", (event) => {
    const { type, kind, id, item, score } = /** @type {CustomEvent} */ (event).detail ?? {};
    if (type !== "check" || kind !== "quiz" || !score?.max) return;
    if (kept(keyOf("returns"))?.off === true) return;
    const key = keyOf("missed", id, item);
    const now = Date.now();
    const next = answered(entryOf(kept(key), now), score.raw >= score.max, now);
    if (next) keep(key, next);
    else forget(key);
  });
  const place = first("#returns");
  const may = ["missed:", "lesson:", "returns"].some((part) => keysFrom(keyOf(part)).length);
  if (!place || !may) return;
  const load = async () => {
    /** @type {{showReturns: ShowReturns}} */
    const { showReturns } = await import("./returns.js");
    await showReturns(place);
  };
  load().catch(() => {});
}

record();
returns();
statements();
colours();
lessonButton();
marks();
clearing();
contents();
leaving();
printing();
tools();
