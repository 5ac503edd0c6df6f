// @ts-check
/** The book around the activities: colours, progress marks, the way to go on. Pages work without it. */

const page = document.documentElement;
const prefix = `collabcomm:${page.dataset.course}:`;

/** @param {string} key @returns {any} */
function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null");
  } catch {
    return null;
  }
}

/** @param {string} key @param {unknown} value */
function write(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Private mode: marks last as long as the page.
  }
}

/** @param {string | undefined} lesson */
const isDone = (lesson) => read(`${prefix}lesson:${lesson}`)?.done === true;

/** @param {string} selector @returns {HTMLElement[]} */
const all = (selector) => [...document.querySelectorAll(selector)].map((el) => /** @type {HTMLElement} */ (el));

function colours() {
  const select = /** @type {HTMLSelectElement | null} */ (document.querySelector("#theme"));
  if (!select) return;
  select.value = page.dataset.theme ?? "";
  select.closest("label")?.removeAttribute("hidden");
  select.addEventListener("change", () => {
    if (select.value) page.dataset.theme = select.value;
    else delete page.dataset.theme;
    try {
      if (select.value) localStorage.setItem("collabcomm:theme", select.value);
      else localStorage.removeItem("collabcomm:theme");
    } catch {
      // The choice lasts as long as the page.
    }
  });
}

/** Show what is done: in lists, on the cards, on the button of the lesson, and where to go on. */
function marks() {
  for (const el of all("[data-lesson]")) {
    const done = isDone(el.dataset.lesson);
    el.classList.toggle("is-done", done);
    const mark = el.querySelector(".done-mark");
    if (mark) mark.toggleAttribute("hidden", !done);
  }
  for (const el of all("[data-lessons]")) {
    const lessons = (el.dataset.lessons ?? "").split(" ");
    const done = lessons.filter(isDone).length;
    el.hidden = done === 0;
    const text = el.querySelector("span");
    if (text) {
      text.textContent = (el.dataset.text ?? "").replace("{done}", `${done}`).replace("{n}", `${lessons.length}`);
    }
    const bar = el.querySelector("progress");
    if (bar) bar.value = done;
  }
  const begin = /** @type {HTMLAnchorElement | null} */ (document.querySelector(".begin"));
  const links = /** @type {HTMLAnchorElement[]} */ (all(".contents a"));
  const lessons = links.filter((a) => a.dataset.lesson);
  const last = lessons[lessons.length - 1];
  const next = lessons.find((a) => !isDone(a.dataset.lesson)) ?? links[links.indexOf(last) + 1];
  if (begin && next && lessons.some((a) => isDone(a.dataset.lesson))) {
    begin.href = next.href;
    begin.textContent = (begin.dataset.goOn ?? "").replace("{title}", next.textContent ?? "");
  }
}

function lessonButton() {
  const button = /** @type {HTMLButtonElement | null} */ (document.querySelector("#lesson-done"));
  if (!button) return;
  const open = button.textContent ?? "";
  const key = `${prefix}lesson:${button.dataset.lesson}`;
  const show = () => {
    const done = isDone(button.dataset.lesson);
    button.textContent = done ? (button.dataset.done ?? "") : open;
    marks();
  };
  const set = (/** @type {boolean} */ done) => {
    write(key, done ? { done: true, at: new Date().toISOString() } : null);
    show();
  };
  button.hidden = false;
  button.addEventListener("click", () => set(!isDone(button.dataset.lesson)));
  document.addEventListener("course-event", (event) => {
    const detail = /** @type {CustomEvent} */ (event).detail;
    if (detail?.type === "finish" && detail.kind === "quiz") set(true);
  });
  show();
}

function clearing() {
  const box = /** @type {HTMLElement | null} */ (document.querySelector(".clear"));
  const button = /** @type {HTMLButtonElement | null} */ (document.querySelector("#clear"));
  if (!box || !button) return;
  box.hidden = false;
  button.addEventListener("click", () => {
    try {
      for (const key of Object.keys(localStorage)) if (key.startsWith(prefix)) localStorage.removeItem(key);
    } catch {
      // Nothing is kept where storage is forbidden.
    }
    const status = box.querySelector("[role=status]");
    if (status) status.textContent = button.dataset.cleared ?? "";
    setTimeout(() => location.reload(), 600);
  });
}

/** The open contents close on Escape and on a click elsewhere. */
function contents() {
  const menu = /** @type {HTMLDetailsElement | null} */ (document.querySelector(".contents"));
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
    if (event.key === "Escape") for (const row of rows) row.classList.toggle("put-away", row.matches(":hover, :focus-within"));
  });
  for (const row of rows) {
    for (const type of ["pointerenter", "focusin"]) row.addEventListener(type, () => row.classList.remove("put-away"));
  }
}

/**
 * What is finished goes into the learner's record, and the record's page shows it. It is written down
 * at once, so that leaving the page loses nothing; the record takes it from there, now or next time.
 */
function record() {
  const place = /** @type {HTMLElement | null} */ (document.querySelector("#course-record"));
  const load = () => import("./record.js").then(async ({ take, show }) => {
    await take();
    if (place) show(place);
  }).catch(() => {});
  let waiting = false;
  try {
    waiting = Object.keys(localStorage).some((key) => key.startsWith(`${prefix}finished:`));
  } catch {
    // Nothing is kept where storage is forbidden.
  }
  if (place || waiting) load();
  document.addEventListener("course-event", (event) => {
    const { type, kind, id, version, state } = /** @type {CustomEvent} */ (event).detail ?? {};
    const responses = kind === "quiz" ? state?.responses : null;
    const steps = kind === "scenario" ? state?.steps : null;
    if (type !== "finish" || (!responses && !steps)) return; // of a graded quiz the service keeps it
    const at = new Date().toISOString();
    write(`${prefix}finished:${at}:${Math.random()}`, { at, kind, activity: id, version, responses, steps });
    load();
  });
}

record();
statements();
colours();
lessonButton();
marks();
clearing();
contents();
