// @ts-check
/**
 * The learner's own record: a journal of what they finished, kept in the browser, each entry holding
 * the hash of the one before; and the page that shows it and gives it away as a file. `record.py`
 * reads what this writes. Loaded when something is finished, and on the page of the record.
 *
 * @typedef {Record<string, any>} Json
 * @typedef {{format: number, id: string, entries: Json[]}} Journal
 */

const prefix = () => `collabcomm:${document.documentElement.dataset.course}:`;

// ----------------------------------------------------------------- hashes, as record.py

/** JSON with sorted keys and no spaces; ours hold no numbers but whole ones. @param {any} data */
export function canonical(data) {
  if (Array.isArray(data)) return `[${data.map(canonical).join(",")}]`;
  if (typeof data !== "object" || data === null) return JSON.stringify(data);
  const keys = Object.keys(data).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(data[key])}`).join(",")}}`;
}

/** SHA-256 (FIPS 180-4). The browser's own exists on secure pages only, and a course may be served
 * from a laptop in a room. @param {string} text @returns {string} hex */
export function sha256(text) {
  const bytes = new TextEncoder().encode(text);
  const words = new Uint32Array((((bytes.length + 8) >> 6) + 1) << 4);
  bytes.forEach((byte, n) => (words[n >> 2] |= byte << (24 - 8 * (n & 3))));
  words[bytes.length >> 2] |= 0x80 << (24 - 8 * (bytes.length & 3));
  words[words.length - 2] = Math.floor(bytes.length / 0x20000000);
  words[words.length - 1] = bytes.length << 3;
  const [k, start] = constants();
  const hash = Uint32Array.from(start);
  const w = new Uint32Array(64);
  const turn = (/** @type {number} */ x, /** @type {number} */ n) => (x >>> n) | (x << (32 - n));
  for (let block = 0; block < words.length; block += 16) {
    w.set(words.subarray(block, block + 16));
    for (let i = 16; i < 64; i += 1) {
      const [x, y] = [w[i - 15], w[i - 2]];
      w[i] = w[i - 16] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + w[i - 7] + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10));
    }
    let [a, b, c, d, e, f, g, h] = hash;
    for (let i = 0; i < 64; i += 1) {
      const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + k[i] + w[i]) >>> 0;
      const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) >>> 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) >>> 0, c, b, a, (one + two) >>> 0];
    }
    [a, b, c, d, e, f, g, h].forEach((value, n) => (hash[n] += value));
  }
  return [...hash].map((value) => value.toString(16).padStart(8, "0")).join("");
}

/** The constants are the fractions of the roots of the first primes. */
function constants() {
  const primes = [];
  for (let n = 2; primes.length < 64; n += 1) if (primes.every((p) => n % p)) primes.push(n);
  const bits = (/** @type {number} */ x) => Math.floor((x - Math.floor(x)) * 2 ** 32);
  return [Uint32Array.from(primes.map((p) => bits(Math.cbrt(p)))), primes.slice(0, 8).map((p) => bits(Math.sqrt(p)))];
}

// ---------------------------------------------------------------------------- journal

const uuid = () => "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (one) =>
  (Number(one) ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (Number(one) / 4)))).toString(16));

/** @returns {Journal} */
function read() {
  try {
    const found = JSON.parse(localStorage.getItem(`${prefix()}journal`) ?? "null");
    if (found && found.format === 1 && Array.isArray(found.entries)) return found;
  } catch {
    // Broken or forbidden storage: a new journal begins.
  }
  return { format: 1, id: uuid(), entries: [] };
}

/** Take what was finished, and written down by `book.js`, into the journal. */
export async function take() {
  const finished = () => Object.keys(localStorage).filter((key) => key.startsWith(`${prefix()}finished:`)).sort();
  const add = async () => {
    try {
      for (const key of finished()) {
        const journal = read();
        const what = JSON.parse(localStorage.getItem(key) ?? "{}");
        const last = journal.entries[journal.entries.length - 1];
        const entry = { n: journal.entries.length + 1, ...what, previous: last ? last.hash : journal.id };
        // Written, but not yet crossed out, when the page was left: not a second time.
        if (!last || canonical({ ...last, n: 0, previous: "", hash: "" }) !== canonical({ ...entry, n: 0, previous: "", hash: "" })) {
          journal.entries.push({ ...entry, hash: sha256(canonical(entry)) });
          localStorage.setItem(`${prefix()}journal`, JSON.stringify(journal));
        }
        localStorage.removeItem(key);
      }
    } catch {
      // No storage, or no room: the activity itself has said so.
    }
    // Another tab may be another process, which sees what was stored a moment later.
    await new Promise((go) => setTimeout(go, 80));
  };
  if (!finished().length) return;
  if (navigator.locks) await navigator.locks.request(`${prefix()}journal`, add); // two tabs take turns
  else await add();
}

/** The file. @param {string | null} name @param {boolean} own whether reflections go in */
export function make(name, own) {
  const journal = read();
  const last = journal.entries[journal.entries.length - 1];
  const kept = (/** @type {string} */ part, /** @type {(key: string, value: Json) => Json | null} */ show) =>
    Object.keys(localStorage).filter((key) => key.startsWith(prefix() + part)).sort().map((key) => {
      try {
        return show(key.slice((prefix() + part).length), JSON.parse(localStorage.getItem(key) ?? "null"));
      } catch {
        return null;
      }
    }).filter(Boolean);
  return {
    format: 1, kind: "record", course: document.documentElement.dataset.course, id: journal.id, name: name || null,
    made: new Date().toISOString(), entries: journal.entries,
    lessons: kept("lesson:", (lesson, value) => (value?.done ? { lesson, at: value.at } : null)),
    reflections: own ? kept("reflection:", (one, value) => (value?.text ? { name: one, text: value.text, at: value.at } : null)) : null,
    head: last ? last.hash : journal.id,
  };
}

// ------------------------------------------------------------------------------- page

/** @param {string} tag @param {Record<string, any>} props @param {...any} children */
function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter(Boolean));
  return element;
}

/** Show the record in its place on the page. @param {HTMLElement} place */
export function show(place) {
  const { texts, titles } = JSON.parse(place.querySelector("script")?.textContent ?? "{}");
  const record = make(null, false);
  const lang = document.documentElement.lang;
  const day = (/** @type {string} */ at) => new Date(at).toLocaleDateString(lang, { dateStyle: "long" });
  const row = (/** @type {string} */ at, /** @type {string} */ kind, /** @type {string} */ id) =>
    h("tr", {}, h("td", {}, day(at)), h("th", { scope: "row" }, titles[`${kind}:${id}`] ?? id), h("td", {}, texts[`kind_${kind}`]));
  const rows = [
    ...record.entries.map((one) => ({ at: one.at, row: row(one.at, one.kind, one.activity) })),
    ...record.lessons.map((one) => ({ at: one.at, row: row(one.at, "lesson", one.lesson) })),
  ].sort((a, b) => (a.at < b.at ? -1 : 1)).map((one) => one.row);
  if (!rows.length) {
    place.replaceChildren(h("p", {}, texts.empty));
    return;
  }
  const key = `${prefix()}record-name`;
  const name = /** @type {HTMLInputElement} */ (h("input", { id: "record-name", type: "text", maxlength: "80", autocomplete: "name" }));
  const shown = h("p", { class: "record-who" });
  const own = /** @type {HTMLInputElement} */ (h("input", { id: "record-own", type: "checkbox" }));
  const remember = () => {
    shown.textContent = name.value.trim();
    try {
      localStorage.setItem(key, name.value.trim());
    } catch {
      // It lasts as long as the page.
    }
  };
  try {
    name.value = localStorage.getItem(key) ?? "";
  } catch {
    name.value = "";
  }
  name.addEventListener("input", remember);
  shown.textContent = name.value;
  const status = h("p", { role: "status" });
  const save = () => {
    const text = JSON.stringify(make(name.value.trim(), own.checked), null, 1);
    const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    const file = `record-${record.course}-${new Date().toISOString().slice(0, 10)}.json`;
    h("a", { href: address, download: file }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
    status.textContent = texts.saved.replace("{file}", file);
  };
  place.replaceChildren(
    shown, h("p", { class: "record-day" }, day(new Date().toISOString())),
    h("table", {}, h("thead", {}, h("tr", {}, ["date", "what", "kind"].map((one) => h("th", { scope: "col" }, texts[one])))),
      h("tbody", {}, rows)),
    h("div", { class: "record-tools" },
      h("p", {}, h("label", { for: "record-name" }, texts.name), name),
      h("p", {}, own, h("label", { for: "record-own" }, texts.own)),
      h("p", {}, h("button", { type: "button", class: "done", click: save }, texts.download),
        h("button", { type: "button", class: "done", click: () => print() }, texts.print)), status));
}
