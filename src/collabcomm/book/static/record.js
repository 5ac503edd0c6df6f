/**
 * The learner's own record: a journal of what they finished, kept in the browser, each entry holding
 * the hash of the one before; and the page that shows it and gives it away as a file. `record.py`
 * reads what this writes, and `docs/engine/record.md` describes it. Loaded when something is
 * finished, and on the page of the record.
 *
 * @typedef {{at: string, kind: "quiz" | "scenario", activity: string, version: string,
 *   responses: Record<string, any> | null, steps: any[] | null,
 *   skills?: Record<string, [number, number]>}} Finished `skills`: what a story trained, of how much
 * @typedef {Finished & {n: number, previous: string, hash: string}} Entry
 * @typedef {{format: number, id: string, entries: Entry[]}} Journal
 * @typedef {{lesson: string, at: string}} DoneLesson
 * @typedef {{name: string, text: string, at: string}} Reflection
 * @typedef {() => Promise<void>} Take
 * @typedef {(place: HTMLElement) => void} Show
 */

import { h, texts, uuid } from "../../player/parts/dom.js";
import { forget, keep, kept, keyOf, keysFrom, quietly } from "../../player/parts/storage.js";
import { canonical, sha256 } from "./hash.js";

export { canonical, sha256 } from "./hash.js";

const NAME_LETTERS = 80;

/** @returns {Journal} a new one where there is none, or none that can be read */
function read() {
  const found = kept(keyOf("journal"));
  if (found && found.format === 1 && Array.isArray(found.entries)) return found;
  return { format: 1, id: uuid(), entries: [] };
}

/** Without its place in the chain, to be compared. @param {Partial<Entry>} entry */
const bare = (entry) => canonical({ ...entry, n: 0, previous: "", hash: "" });

/** Take one thing that was finished into the journal. @param {string} key where it is written down */
function add(key) {
  const journal = read();
  /** @type {Finished | null} */
  const what = kept(key);
  if (!what) return forget(key);
  const last = journal.entries[journal.entries.length - 1];
  const previous = last ? last.hash : journal.id;
  const entry = { n: journal.entries.length + 1, ...what, previous };
  // Written, but not yet crossed out, when the page was left: not a second time.
  if (!last || bare(last) !== bare(entry)) {
    journal.entries.push({ ...entry, hash: sha256(canonical(entry)) });
    // No storage, or no room: the activity itself has said so, and what is written down stays.
    if (!keep(keyOf("journal"), journal)) return;
  }
  forget(key);
}

/** Take what was finished, and written down by `book.js`, into the journal. @type {Take} */
export async function take() {
  const finished = () => keysFrom(keyOf("finished", ""));
  const addAll = async () => {
    finished().forEach(add);
    // Another tab may be another process, which sees what was stored a moment later.
    await new Promise((go) => setTimeout(go, 80));
  };
  if (!finished().length) return;
  if (navigator.locks) await navigator.locks.request(keyOf("journal"), addAll); // two tabs take turns
  else await addAll();
}

/** What is kept under keys that begin so, as far as it is worth showing.
 * @template T @param {string} part @param {(id: string, value: any) => T | null} show */
function all(part, show) {
  const start = keyOf(part, "");
  return keysFrom(start).flatMap((key) => show(key.slice(start.length), kept(key)) ?? []);
}

/** The file. @param {string | null} name @param {boolean} own whether reflections go in */
export function make(name, own) {
  const journal = read();
  const last = journal.entries[journal.entries.length - 1];
  /** @type {DoneLesson[]} */
  const lessons = all("lesson", (lesson, value) => value?.done ? { lesson, at: value.at } : null);
  /** @type {Reflection[]} */
  const reflections = all(
    "reflection",
    (id, value) => value?.text ? { name: id, text: value.text, at: value.at } : null,
  );
  return {
    format: 1,
    kind: "record",
    course: document.documentElement.dataset.course,
    id: journal.id,
    name: name || null,
    made: new Date().toISOString(),
    entries: journal.entries,
    lessons,
    reflections: own ? reflections : null,
    head: last ? last.hash : journal.id,
  };
}

/** @param {string} at */
const day = (at) =>
  new Date(at).toLocaleDateString(document.documentElement.lang, { dateStyle: "long" });

/** Show the record in its place on the page. @type {Show} */
export function show(place) {
  const { texts: told, titles } = JSON.parse(place.querySelector("script")?.textContent ?? "{}");
  const t = texts(told);
  const rows = rowsOf(titles, t);
  if (!rows.length) {
    place.replaceChildren(h("p", t("empty")));
    return;
  }
  const shown = h("p.record-who");
  place.replaceChildren(
    shown,
    h("p.record-day", day(new Date().toISOString())),
    h(
      "table",
      h("thead", h("tr", ["date", "what", "kind"].map((key) => h("th", { scope: "col" }, t(key))))),
      h("tbody", rows),
    ),
    tools(shown, t),
  );
}

/** What was finished and which lessons are done, in the order of time.
 * @param {Record<string, string>} titles
 * @param {(key: string, values?: Record<string, any>) => string} t */
function rowsOf(titles, t) {
  const { entries, lessons } = make(null, false);
  return [
    ...entries.map(({ at, kind, activity, skills }) => ({ at, kind, id: activity, skills })),
    ...lessons.map(({ at, lesson }) => ({ at, kind: "lesson", id: lesson, skills: {} })),
  ].sort((a, b) => (a.at < b.at ? -1 : 1)).map(({ at, kind, id, skills }) =>
    h(
      "tr",
      h("td", day(at)),
      h("th", { scope: "row" }, titles[`${kind}:${id}`] ?? id),
      h(
        "td",
        t(`kind_${kind}`),
        Object.entries(skills ?? {}).map(([skill, [n, of]]) =>
          h("div.small", t("skill", { label: titles[`skill:${skill}`] ?? skill, n, of }))
        ),
      ),
    )
  );
}

/** A name for the paper, and the ways to take the record away.
 * @param {HTMLElement} shown where the name stands on paper
 * @param {(key: string, values?: Record<string, any>) => string} t */
function tools(shown, t) {
  const key = keyOf("record-name");
  // Kept as plain text, not as JSON. Where storage is forbidden it lasts as long as the page.
  const value = quietly(() => localStorage.getItem(key), null) ?? "";
  const remember = () => {
    shown.textContent = name.value.trim();
    quietly(() => localStorage.setItem(key, name.value.trim()), undefined);
  };
  const name = h("input", {
    id: "record-name",
    type: "text",
    maxlength: NAME_LETTERS,
    autocomplete: "name",
    input: remember,
    value,
  });
  shown.textContent = value;
  const own = h("input", { id: "record-own", type: "checkbox" });
  const status = h("p", { role: "status" });
  const save = () => {
    const file = download(make(name.value.trim(), own.checked));
    status.textContent = t("saved", { file });
  };
  return h(
    "div.record-tools",
    h("p", h("label", { for: "record-name" }, t("name")), name),
    h("p", own, h("label", { for: "record-own" }, t("own"))),
    h(
      "p",
      h("button.done", { click: save }, t("download")),
      h("button.done", { click: () => print() }, t("print")),
    ),
    status,
  );
}

/** Hand a record over as a file; return its name. @param {ReturnType<typeof make>} record */
function download(record) {
  const text = JSON.stringify(record, null, 1);
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const file = `record-${record.course}-${new Date().toISOString().slice(0, 10)}.json`;
  h("a", { href: address, download: file }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
  return file;
}
