/** What comes back, and when, without a browser: `deno test --no-remote tests/returns_test.js` */

import { calendar } from "../src/collabcomm/book/static/calendar.js";
import {
  answered,
  begun,
  daysLeft,
  due,
  entryOf,
  later,
} from "../src/collabcomm/book/static/spacing.js";

/** @param {unknown} found @param {unknown} expected */
function same(found, expected) {
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  if (a !== b) throw new Error(`found ${a}, expected ${b}`);
}

const DAY = 864e5;
const NOON = new Date(2026, 2, 27, 12).getTime(); // two days before the clocks change in Wales

/** @param {number} days @param {number} [hour] */
const after = (days, hour = 12) => new Date(2026, 2, 27 + days, hour).getTime();

Deno.test("a question that was missed comes back after 2, 14 and 60 days, then is done", () => {
  let entry = answered(null, false, NOON);
  for (const [step, days] of [2, 14, 60].entries()) {
    same(entry?.step, step);
    if (!entry) return;
    same(daysLeft(entry, after(days - 1, 23)), 1);
    same(daysLeft(entry, after(days, 1)), 0);
    entry = answered(entry, true, after(days));
  }
  same(entry, null);
});

Deno.test("a question missed again begins anew, at any time", () => {
  same(answered({ at: NOON, step: 2 }, false, after(50)), { at: after(50), step: 0 });
  same(answered({ at: NOON, step: 0 }, false, after(1)), { at: after(1), step: 0 });
});

Deno.test("an answer before its day changes nothing, and one that never was missed is not noted", () => {
  same(answered({ at: NOON, step: 1 }, true, after(3)), { at: NOON, step: 1 });
  same(answered(null, true, NOON), null);
});

Deno.test("a learner who comes late has the same gap again, not all returns at once", () => {
  const entry = answered({ at: NOON, step: 0 }, true, after(100));
  same(entry && daysLeft(entry, after(100)), 12);
});

Deno.test("what is due comes the longest first", () => {
  const entries = [1, 5, 3, 9].map((days) => ({ at: after(-days), step: 0, days }));
  same(due(entries, NOON).map(({ days }) => days), [9, 5, 3]);
});

Deno.test("what stood in the store is an entry, or it is nothing", () => {
  const broken = [null, "x", 1, [], {}, { at: "x", step: 0 }, { at: NOON }, { at: NaN, step: 0 }];
  const steps = [-1, 3, 0.5, "0", "length", null, Infinity];
  for (const value of [...broken, ...steps.map((step) => ({ at: NOON, step }))]) {
    same(entryOf(value, NOON), null);
  }
  same(entryOf({ at: NOON, step: 1, more: "x" }, NOON), { at: NOON, step: 1 });
});

Deno.test("a time to come, of a clock that was wrong, counts as long ago", () => {
  const entry = entryOf({ at: NOON + 400 * DAY, step: 0 }, NOON);
  same(entry && daysLeft(entry, NOON) <= 0, true);
  same(entryOf({ at: NOON + 3600, step: 0 }, NOON), { at: NOON + 3600, step: 0 });
});

Deno.test("a task begins with the first lesson that is done, and waits twice at most", () => {
  const done = (/** @type {number} */ days) => ({ done: true, at: new Date(after(days)) });
  const lessons = [done(-3), null, { done: false, at: "2020" }, "x", done(-9), { done: true }];
  const kept = JSON.parse(JSON.stringify(lessons));
  same(begun(kept, 0, NOON), { at: after(-9), step: 0 });
  same(begun(kept, after(-5), NOON), { at: after(-3), step: 0 });
  same(begun(kept, NOON, NOON), null);
  same(later({ at: 0, step: 0 }, NOON), { at: NOON, step: 1 });
  same(later({ at: 0, step: 1 }, NOON), { at: NOON, step: 2 });
  same(later({ at: 0, step: 2 }, NOON), null);
});

const ABOUT = {
  title: "Cyfathrebu; a, b \\ c",
  text: `${"ŵ".repeat(60)}\nline two, ${"x".repeat(90)}\u0007`,
  url: "https://example.org/course/book/index.html",
};

Deno.test("a calendar file has three days, short lines, and texts that read back", () => {
  const file = calendar(NOON, [2, 14, 60], "0000-1111", ABOUT);
  const raw = file.split("\r\n");
  same(raw.pop(), "");
  for (const line of raw) {
    same(new TextEncoder().encode(line).length <= 75, true);
    // deno-lint-ignore no-control-regex
    same(/[\u0000-\u001f]/.test(line), false);
  }
  const lines = file.replace(/\r\n /g, "").split("\r\n");
  const all = (/** @type {string} */ name) =>
    lines.filter((line) => line.startsWith(name)).map((line) => line.slice(name.length));
  same([lines[0], lines[1]], ["BEGIN:VCALENDAR", "VERSION:2.0"]);
  same(all("DTSTART;VALUE=DATE:"), ["20260329", "20260410", "20260526"]);
  same(all("DTEND;VALUE=DATE:"), ["20260330", "20260411", "20260527"]);
  const stamp = new Date(NOON).toISOString().replaceAll(/[-:]|\.000/g, "");
  same(all("DTSTAMP:"), [stamp, stamp, stamp]);
  same(new Set(all("UID:")).size, 3);
  const read = (/** @type {string} */ text) =>
    text.replace(/\\([\\;,nN])/g, (_, letter) => letter.toLowerCase() === "n" ? "\n" : letter);
  same(all("SUMMARY:").map(read), Array(3).fill(ABOUT.title));
  same(all("DESCRIPTION:").map(read), Array(3).fill(ABOUT.text.slice(0, -1)));
  same(all("URL:")[0], ABOUT.url);
});
