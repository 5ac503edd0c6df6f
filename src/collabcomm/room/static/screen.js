/**
 * The projector's view of a room, and the printable look back. The key of the view stands after the
 * `#` of the address: it is never sent in one, and lands in no server's log of pages.
 *
 * @import { Child } from "../../player/parts/dom.js"
 * @import { Debrief, LookedBack, LookedBackChoice } from "../../player/types.d.ts"
 * @import { Part, ScreenMessage, Shown } from "../../player/types.d.ts"
 */

import { h, texts } from "../../player/parts/dom.js";

const page = document.documentElement;
const key = location.hash.slice(1);
const api = `/api/rooms/${page.dataset.code}`;
const t = texts(JSON.parse(document.querySelector("#strings")?.textContent ?? "{}"));
const main = /** @type {HTMLElement} */ (document.querySelector("#main"));
const statusLine = /** @type {HTMLElement} */ (document.querySelector("#status"));

let mark = "";
let wait = 0;
let drawn = "";
/** @type {ScreenMessage | null} */
let room = null;

/** @param {string} text */
function say(text) {
  if (statusLine.textContent !== text) statusLine.textContent = text;
}

/** Show this and nothing else. @param {...Child} content */
function fill(...content) {
  main.replaceChildren(...h("div", content).childNodes);
}

/** @param {string} address @returns {Promise<any>} */
async function get(address) {
  const answer = await fetch(address, { cache: "no-store" });
  if (answer.status === 404) throw new RangeError();
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

async function listen() {
  for (;;) {
    try {
      const asked = new URLSearchParams({ screen: key, since: mark });
      const found = await get(`${api}?${asked}`);
      if (wait) say("");
      wait = 0;
      if (found.mark !== mark) {
        mark = found.mark;
        room = found;
        draw(found);
      }
    } catch (error) {
      if (error instanceof RangeError) return gone("page.screen");
      wait = Math.min(wait ? wait * 2 : 0.5, 10);
      say(t("page.lost"));
      await new Promise((go) => setTimeout(go, wait * 1000));
    }
  }
}

/** There is nothing at this address. @param {string} title */
const gone = (title) => fill(h("h1", t(title)), h("p", t("page.unknown")));

/** @param {ScreenMessage} now */
function draw(now) {
  const place = `${now.phase}:${now.heading}`;
  if (place !== drawn) scrollTo(0, 0); // nobody scrolls a projector back
  drawn = place;
  fill(
    head(now),
    !now.steps && now.phase === "scene" &&
      h("img.qr", { src: `/room/${now.code}/qr.svg`, alt: t("screen.qr") }),
    h("h1", { html: now.heading || t("page.title") }),
    now.phase === "paused" && h("p.next", t("page.paused")),
    now.phase === "ended" && h("p.next", t("page.ended")),
    h("p.next", { id: "timer" }),
    now.content_note && h(
      "section.note",
      h("h2", t("page.content_note")),
      h("div", { html: now.content_note }),
    ),
    body(now),
    now.debrief &&
      h("section", h("h2", t("page.debrief_text")), h("div", { html: now.debrief })),
    h("ul.meters", now.meters.map(meter)),
  );
  tick();
}

/** What the room is, and how to come in. @param {ScreenMessage} now */
function head({ title, join, code, people }) {
  const address = join.replace(/^https?:\/\//, "");
  return h(
    "header",
    h("p.over", { html: title }),
    h(
      "p.join",
      t("screen.join", { address }),
      " ",
      h("strong", t("screen.code", { code })),
      " · ",
      t("screen.people", { n: people }),
    ),
  );
}

/** @param {ScreenMessage["meters"][number]} meter */
function meter({ label, word, n, of }) {
  const value = t("screen.of", { n, of });
  return h("li", `${label}: ${word ? `${word} (${value})` : value}`);
}

/** The scene and the vote, or what choices led to. While people vote and talk of their votes, these
 * come first, and the scene below. @param {ScreenMessage} now @returns {Child} */
function body(now) {
  const voting = ["vote", "tally", "paused"].includes(now.phase) && now.counts !== null &&
    !now.shown.length;
  if (voting) return [question(now, true), scene(now)];
  if (!now.shown.length) return [scene(now), question(now, false)];
  return [now.phase === "compare" && h("p.next", t("screen.both")), now.shown.map(shown)];
}

/** @param {ScreenMessage} now @returns {Child} */
const scene = ({ scene, lines }) => [
  h("div.scene", { html: scene }),
  lines.map(({ who, says }) =>
    h("blockquote", h("strong", t("page.says", { who })), h("p", { html: says }))
  ),
];

/** @param {ScreenMessage} now @param {boolean} voting @returns {Child} */
function question(now, voting) {
  const votes = Object.values(now.counts ?? {}).reduce((a, b) => a + b, 0);
  const open = t(now.live ? "screen.open" : "screen.closed");
  return [
    now.ask && h("h2", { html: now.ask }),
    voting && h("p.next", `${open} · ${t("screen.votes", { n: votes })}`),
    now.choices.length > 0 &&
    h("ol.choices", now.choices.map((choice) => counted(now, choice, votes))),
  ];
}

/** A choice with its votes. @param {ScreenMessage} now @param {Part} choice @param {number} votes */
function counted({ counts, before }, { id, text }, votes) {
  const n = counts?.[id] ?? 0;
  const earlier = before?.[id];
  const again = earlier === undefined ? "" : ` (${t("screen.again", { n: earlier })})`;
  return h(
    "li",
    h("div", { html: text }),
    counts && h(
      "div.bar",
      h("span.fill", { "data-share": votes ? Math.round((100 * n) / votes) : 0 }),
      h("span.count", `${n}`, again),
    ),
  );
}

/** @param {Shown} choice */
function shown({ text, consequence, feedback, reason, arguments: both, support, basis, evidence }) {
  return h(
    "section.shown",
    h("p.picked", { html: text }),
    consequence && [h("h2", t("page.consequence")), h("div", { html: consequence })],
    feedback && [
      h("h2", t("page.reason")),
      support && h(`p.support.${support}`, t(`support.${support}`)),
      h("div", { html: feedback }),
      argued(both),
      reason && [h("h2", t("page.evidence")), h("div", { html: reason })],
      restsOn(basis, evidence, false),
    ],
  );
}

/** The best case for a contested choice, and the best against it. @param {Shown["arguments"]} both */
const argued = (both) =>
  both && [
    h("p", h("strong", t("page.for")), " ", h("span", { html: both.for })),
    h("p", h("strong", t("page.against")), " ", h("span", { html: both.against })),
  ];

/** What feedback rests on, and where that stands in the book: as links where a click does no harm.
 * @param {string | null} basis @param {Shown["evidence"]} evidence @param {boolean} linked */
function restsOn(basis, evidence, linked) {
  const places = evidence ?? [];
  if (!basis && !places.length) return null;
  return h(
    "p.basis",
    h("strong", t("page.basis")),
    " ",
    basis && t(`basis.${basis}`),
    places.map(({ href, label }, n) => [
      n || basis ? " · " : "",
      linked ? h("a", { href: `/${href}`, target: "_blank", rel: "noopener" }, label) : label,
    ]),
  );
}

/** Widths are set by script: the page's policy allows no inline styles. The timer forces nothing. */
function tick() {
  for (const bar of document.querySelectorAll("[data-share]")) {
    if (bar instanceof HTMLElement) bar.style.width = `${bar.dataset.share}%`;
  }
  const place = document.querySelector("#timer");
  if (!place) return;
  const left = room?.timer ? Math.round((Date.parse(room.timer) - Date.now()) / 1000) : null;
  if (left === null) place.textContent = "";
  else if (left <= 0) place.textContent = t("screen.over");
  else {
    const time = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    place.textContent = t("screen.timer", { time });
  }
}

async function lookBack() {
  /** @type {Debrief} */
  const found = await get(`${api}/debrief?${new URLSearchParams({ screen: key })}`);
  const titles = Object.fromEntries(found.decisions.map(({ node, title }) => [node, title]));
  const last = found.path[found.path.length - 1];
  fill(
    h("p.over", { html: found.title }),
    h("h1", t("page.debrief")),
    h("p", t("debrief.points", found.points)),
    h("p", found.ending ? t("debrief.ending", { title: last }) : t("debrief.open")),
    found.most_split && h("p", t("debrief.split", { title: titles[found.most_split] })),
    h("div.two", path("debrief.path", found.path), path("debrief.best", found.best)),
    (found.meters.length > 0 || found.skills.length > 0) && h(
      "div.two",
      totals("debrief.meters", found.meters),
      totals("debrief.skills", found.skills),
    ),
    found.decisions.map((decision) => lookedBack(decision, found.groups)),
    h(
      "section",
      h("h2", t("debrief.reflect")),
      h("ul", t("debrief.prompts").split("\n").map((prompt) => h("li", prompt))),
    ),
    h("p.small", t("debrief.private")),
    h("button.print", { click: () => print() }, t("debrief.print")),
  );
  tick();
}

/** @param {string} title @param {string[]} places */
const path = (title, places) =>
  h("section", h("h2", t(title)), h("ol", places.map((place) => h("li", place))));

/** @param {string} title @param {Debrief["meters"]} gauges */
const totals = (title, gauges) =>
  gauges.length > 0 && h("section", h("h2", t(title)), h("ul.meters", gauges.map(meter)));

/** @param {LookedBack} decision @param {number} groups how many earlier groups there were */
function lookedBack(decision, groups) {
  const { title, ask, rounds, choices } = decision;
  const heads = [
    t("debrief.choice"),
    t("debrief.support"),
    ...rounds.map((_round, n) => t("debrief.round", { n: n + 1 })),
    ...(groups ? [t("debrief.earlier", { n: groups })] : []),
  ];
  return h(
    "section.decision",
    h("h2", title),
    h("p", { html: ask }),
    h(
      "div.scroll",
      { tabindex: "0", role: "region", "aria-label": title },
      h(
        "table",
        h("thead", h("tr", heads.map((head) => h("th", { scope: "col" }, head)))),
        h("tbody", choices.map((choice) => row(decision, choice, groups))),
      ),
    ),
    h(
      "details",
      { open: true },
      h("summary", t("debrief.reason")),
      choices.map(({ text, feedback, reason, arguments: both, basis, evidence }) =>
        h(
          "div",
          h("p.picked", { html: text }),
          h("div", { html: feedback }),
          argued(both),
          reason && h("div", { html: reason }),
          restsOn(basis, evidence, true),
        )
      ),
    ),
  );
}

/** @param {LookedBack} decision @param {LookedBackChoice} choice @param {number} groups */
function row({ rounds, taken, how }, choice, groups) {
  const here = choice.id === taken;
  return h(
    here ? "tr.taken" : "tr",
    h(
      "th",
      { scope: "row" },
      h("div", { html: choice.text }),
      here && h("strong", `${t("debrief.taken")} (${t(`debrief.how_${how}`)})`),
    ),
    h("td", t(`support.${choice.support}`)),
    rounds.map((counts) => h("td", `${counts[choice.id] ?? 0}`)),
    groups > 0 && h("td", `${choice.elsewhere}`),
  );
}

if (page.dataset.page === "debrief") {
  lookBack().catch(() => gone("page.debrief"));
} else {
  listen();
  setInterval(tick, 500);
}
