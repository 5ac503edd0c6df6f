/**
 * A calendar file (RFC 5545), made in the browser. Pure.
 *
 * @typedef {{title: string, text: string, url: string}} About
 */

const WIDTH = 75; // octets of a line, without its end

/** @param {string} text */
const escaped = (text) =>
  text.replace(/[\\;,]/g, "\\$&").replace(/\r\n?|\n/g, "\\n")
    // deno-lint-ignore no-control-regex
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "");

/** Folded between letters, so that no line is too long. @param {string} line */
function folded(line) {
  const lines = [""];
  let used = 0;
  for (const letter of line) {
    const octets = new TextEncoder().encode(letter).length;
    if (used + octets > WIDTH) used = lines.push(" ") && 1;
    lines[lines.length - 1] += letter;
    used += octets;
  }
  return lines.join("\r\n");
}

/** @param {number} number @param {number} [width] */
const padded = (number, width = 2) => `${number}`.padStart(width, "0");

/** The date so many days after a time, where the learner is.
 * @param {number} time @param {number} days */
function dateOf(time, days) {
  const day = new Date(time);
  day.setHours(12, 0, 0, 0); // no day is lost when the clocks change
  day.setDate(day.getDate() + days);
  return padded(day.getFullYear(), 4) + padded(day.getMonth() + 1) + padded(day.getDate());
}

/** A calendar of all-day entries so many days from now; `uid` is new each time.
 * @param {number} now @param {number[]} days @param {string} uid @param {About} about */
export function calendar(now, days, uid, { title, text, url }) {
  const stamp = new Date(now).toISOString().replace(/[-:]|\.\d+/g, "");
  const events = days.flatMap((after) => [
    "BEGIN:VEVENT",
    `UID:${uid}-${after}`,
    `DTSTAMP:${stamp}`,
    `DTSTART;VALUE=DATE:${dateOf(now, after)}`,
    `DTEND;VALUE=DATE:${dateOf(now, after + 1)}`,
    `SUMMARY:${escaped(title)}`,
    `DESCRIPTION:${escaped(text)}`,
    `URL:${url}`,
    "TRANSP:TRANSPARENT",
    "END:VEVENT",
  ]);
  const head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//collabcomm//returns//EN"];
  return [...head, ...events, "END:VCALENDAR", ""].map(folded).join("\r\n");
}
