/**
 * The home page shows what comes back: questions that were missed, and a task with a partner agency.
 * Loaded where a learner has something that may. `returns.json` says what the course has now; all
 * that is kept stands in this browser.
 *
 * @import { Entry } from "./spacing.js"
 * @typedef {{title: string, href: string, items: Record<string, string>}} Practice stems by item
 * @typedef {{href: string, lessons: string[], text: string, ask: string}} Task `text`: clean HTML
 * @typedef {{course: string, why: string | null, texts: Record<string, string>, quizzes: Record<string, Practice>,
 *   tasks: Record<string, Task>}} Index
 * @typedef {Entry & {key: string, href: string, title: string, stem: string}} Question
 * @typedef {Entry & {key: string, task: Task}} Asked
 * @typedef {(place: HTMLElement) => Promise<void>} ShowReturns
 */

import { focusOn, h, texts, uuid } from "../../player/parts/dom.js";
import { forget, keep, kept, keyOf, keysFrom } from "../../player/parts/storage.js";
import { isMap, own } from "../../player/parts/values.js";
import { calendar } from "./calendar.js";
import { begun, DAYS, daysLeft, due, entryOf, later, MOST } from "./spacing.js";

/** @type {ShowReturns} */
export async function showReturns(place) {
  const root = document.documentElement.dataset.content_root ?? "";
  const answer = await fetch(`${root}returns.json`);
  if (!answer.ok) return;
  const returns = new Returns(place, root, await answer.json());
  returns.draw();
  addEventListener("pageshow", () => returns.draw()); // come back from a question
}

class Returns {
  /** @param {HTMLElement} place @param {string} root @param {Index} index */
  constructor(place, root, index) {
    this.place = place;
    this.root = root;
    this.index = index;
    this.t = texts(index.texts, "book.returns.");
    this.said = h("p", { role: "status" });
    this.title = h("h2", { id: "returns-title" }, this.t("title"));
  }

  get settings() {
    const settings = kept(keyOf("returns"));
    return isMap(settings) ? settings : {};
  }

  /** The questions that were missed, as far as the course still has them. @param {number} now */
  questions(now) {
    const start = keyOf("missed", "");
    return keysFrom(start).flatMap((key) => {
      const [quizId, itemId] = key.slice(start.length).split(":");
      const quiz = own(this.index.quizzes, quizId);
      const stem = own(quiz?.items, itemId ?? "");
      const entry = entryOf(kept(key), now);
      if (!quiz || !stem || !entry) return [];
      const href = `${this.root}${quiz.href}#${quizId}.${itemId}`;
      return [/** @type {Question} */ ({ ...entry, key, href, title: quiz.title, stem })];
    });
  }

  /** The tasks that have begun and are not closed. @param {number} now */
  tasks(now) {
    const cleared = Number(this.settings.cleared) || 0;
    return Object.entries(this.index.tasks).flatMap(([moduleId, task]) => {
      const key = keyOf("task", moduleId);
      const value = kept(key);
      if (isMap(value) && value.done === true) return [];
      let entry = entryOf(value, now);
      if (!entry) {
        const lessons = task.lessons.map((lesson) => kept(keyOf("lesson", lesson)));
        entry = begun(lessons, cleared, now);
        if (entry) keep(key, entry);
      }
      return entry ? [/** @type {Asked} */ ({ ...entry, key, task })] : [];
    });
  }

  draw() {
    const { t } = this;
    const now = Date.now();
    const isOff = this.settings.off === true;
    const questions = isOff ? [] : this.questions(now);
    const tasks = isOff ? [] : this.tasks(now);
    const asked = due(questions, now);
    const task = due(tasks, now)[0];
    const all = [...questions, ...tasks];
    if (!all.length && !isOff && !this.said.textContent) return this.place.replaceChildren();
    const next = Math.min(...all.map((entry) => daysLeft(entry, now)));
    const wait = isOff
      ? t("is_off")
      : all.length
      ? t("next", { n: all.length, when: next === 1 ? t("tomorrow") : t("in_days", { n: next }) })
      : t("nothing");
    this.place.replaceChildren(h(
      "section.returns",
      { "aria-labelledby": this.title.id },
      this.title,
      asked.length > 0 && this.missed(asked),
      task && this.ask(task, now),
      !asked.length && !task && h("p", wait),
      this.said,
      this.about(isOff),
    ));
  }

  /** @param {Question[]} asked */
  missed(asked) {
    const { t } = this;
    const shown = asked.slice(0, MOST);
    const row = (/** @type {Question} */ { href, title, stem }) =>
      h("li", h("a", { href }, stem), h("p.facts", title));
    return [
      h("h3", t(`missed_${shown.length}`)),
      h("ul", shown.map(row)),
      asked.length > MOST && h("p.facts", t("more", { n: asked.length - MOST })),
    ];
  }

  /** @param {Asked} asked @param {number} now */
  ask({ key, task, at, step }, now) {
    const { t } = this;
    /** @param {string} word @param {() => unknown} then */
    const button = (word, then) =>
      this.button(word, () => {
        then();
        this.say(t(`task_${word}`));
      });
    const close = () => keep(key, { done: true });
    const wait = () => keep(key, later({ at, step }, now) ?? { done: true });
    return [
      h("h3", task.ask),
      h("p", { html: task.text }),
      h("p.answers", button("yes", close), button("not_yet", wait), button("not_for_me", close)),
    ];
  }

  /** How it works, what it rests on, and the ways out. @param {boolean} isOff */
  about(isOff) {
    const { t } = this;
    const { why } = this.index;
    return h(
      "details",
      h("summary", t("how")),
      h("p", t("how_text"), " ", why && h("a", { href: this.root + why }, t("why"))),
      h(
        "p.answers",
        !isOff && this.button("calendar", () => this.calendar()),
        this.button(isOff ? "on" : "off", () => this.set({ off: !isOff }, isOff ? "on" : "off")),
        !isOff && this.button("clear", () => this.clear()),
      ),
    );
  }

  /** @param {string} key @param {() => unknown} click */
  button(key, click) {
    return h("button.button.quiet", { click }, this.t(key));
  }

  /** Say what was done, with focus where it is read. @param {string} text */
  say(text) {
    this.draw();
    this.said.textContent = text;
    focusOn(this.title, true);
  }

  /** @param {Record<string, unknown>} change @param {string} word */
  set(change, word) {
    const isKept = keep(keyOf("returns"), { ...this.settings, ...change });
    this.say(this.t(isKept ? `said_${word}` : "not_kept"));
  }

  clear() {
    for (const part of ["missed", "task"]) keysFrom(keyOf(part, "")).forEach(forget);
    this.set({ cleared: Date.now() }, "clear");
  }

  /** A file for the learner's own calendar; it does not say what was missed. */
  calendar() {
    const { t } = this;
    const { origin, pathname } = location;
    const about = {
      title: t("event", { course: this.index.course }),
      text: t("event_text"),
      url: origin + pathname,
    };
    const text = calendar(Date.now(), DAYS, uuid(), about);
    const href = URL.createObjectURL(new Blob([text], { type: "text/calendar;charset=utf-8" }));
    h("a", { href, download: "collabcomm.ics" }).click();
    setTimeout(() => URL.revokeObjectURL(href), 1000);
    this.say(t("said_calendar"));
  }
}
