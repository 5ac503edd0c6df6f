// @ts-check
/**
 * The projector's view of a room, and the printable look back. The key of the view stands after the
 * `#` of the address: it is never sent in one, and lands in no server's log of pages.
 */
(() => {
  const page = document.documentElement;
  const key = location.hash.slice(1);
  const api = `/api/rooms/${page.dataset.code}`;
  const texts = JSON.parse(document.querySelector("#strings")?.textContent ?? "{}");
  const main = /** @type {HTMLElement} */ (document.querySelector("#main"));
  const status = /** @type {HTMLElement} */ (document.querySelector("#status"));
  let mark = "";
  let wait = 0;
  let drawn = "";
  let room = /** @type {any} */ (null);

  const t = (/** @type {string} */ name, values = {}) => Object.entries(values)
    .reduce((text, [k, v]) => text.replace(`{${k}}`, `${v}`), texts[name] ?? name);
  const say = (/** @type {string} */ text) => {
    if (status.textContent !== text) status.textContent = text;
  };

  /** @param {string} tag @param {Record<string, any>} props @param {...any} children */
  function h(tag, props = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(props)) {
      if (name === "html") element.innerHTML = value; // compiled and cleaned
      else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
    }
    element.append(...children.flat().filter((one) => one !== null && one !== undefined && one !== false));
    return element;
  }

  const fill = (...children) => main.replaceChildren(...children.flat(3).filter(Boolean));

  async function get(/** @type {string} */ address) {
    const answer = await fetch(address, { cache: "no-store" });
    if (answer.status === 404) throw new RangeError();
    if (!answer.ok) throw new Error(`${answer.status}`);
    return answer.json();
  }

  async function listen() {
    for (;;) {
      try {
        const found = await get(`${api}?screen=${encodeURIComponent(key)}&since=${encodeURIComponent(mark)}`);
        if (wait) say("");
        wait = 0;
        if (found.mark !== mark) {
          mark = found.mark;
          room = found;
          draw();
        }
      } catch (error) {
        if (error instanceof RangeError) return main.replaceChildren(h("h1", {}, t("page.screen")), h("p", {}, t("page.unknown")));
        wait = Math.min(wait ? wait * 2 : 0.5, 10);
        say(t("page.lost"));
        await new Promise((go) => setTimeout(go, wait * 1000));
      }
    }
  }

  function draw() {
    const votes = Object.values(room.counts ?? {}).reduce((a, b) => a + b, 0);
    const compared = room.phase === "compare";
    // While people vote and talk of their votes, these come first, and the scene below.
    const voting = ["vote", "tally", "paused"].includes(room.phase) && room.counts && !room.shown.length;
    const scene = () => [h("div", { class: "scene", html: room.scene }), room.lines.map((line) =>
      h("blockquote", {}, h("strong", {}, t("page.says", { who: line.who })), h("p", { html: line.says })))];
    const question = () => [room.ask && h("h2", { html: room.ask }),
      voting && h("p", { class: "next" }, `${t(room.live ? "screen.open" : "screen.closed")} · ${t("screen.votes", { n: votes })}`),
      room.choices.length && h("ol", { class: "choices" }, room.choices.map((c) => choice(c, votes)))];
    const place = `${room.phase}:${room.heading}`;
    if (place !== drawn) scrollTo(0, 0); // nobody scrolls a projector back
    drawn = place;
    fill(
      h("header", {}, h("p", { class: "over", html: room.title }),
        h("p", { class: "join" }, t("screen.join", { address: room.join.replace(/^https?:\/\//, "") }), " ",
          h("strong", {}, t("screen.code", { code: room.code })), " · ", t("screen.people", { n: room.people }))),
      !room.steps && room.phase === "scene" && h("img", { class: "qr", src: `/room/${room.code}/qr.svg`, alt: t("screen.qr") }),
      h("h1", { html: room.heading || t("page.title") }),
      room.phase === "paused" && h("p", { class: "next" }, t("page.paused")),
      room.phase === "ended" && h("p", { class: "next" }, t("page.ended")),
      h("p", { id: "timer", class: "next" }),
      room.content_note && h("section", { class: "note" }, h("h2", {}, t("page.content_note")), h("div", { html: room.content_note })),
      voting ? [...question(), ...scene()] : room.shown.length ? [compared && h("p", { class: "next" }, t("screen.both")), room.shown.map(shown)]
        : [...scene(), ...question()],
      room.debrief && h("section", {}, h("h2", {}, t("page.debrief_text")), h("div", { html: room.debrief })),
      h("ul", { class: "meters" }, room.meters.map((m) => h("li", {},
        `${m.label}: ${m.word ? `${m.word} (${t("screen.of", m)})` : t("screen.of", m)}`))));
    tick();
  }

  function choice(c, votes) {
    const n = room.counts?.[c.id] ?? 0;
    const before = room.before?.[c.id];
    return h("li", {}, h("div", { html: c.text }), room.counts && h("div", { class: "bar" },
      h("span", { class: "fill", style: null, "data-share": votes ? Math.round(100 * n / votes) : 0 }),
      h("span", { class: "count" }, `${n}`, before === undefined ? "" : ` (${t("screen.again", { n: before })})`)));
  }

  function shown(one) {
    return h("section", { class: "shown" }, h("p", { class: "picked", html: one.text }),
      one.consequence && [h("h2", {}, t("page.consequence")), h("div", { html: one.consequence })],
      one.feedback && [h("h2", {}, t("page.reason")),
        one.support && h("p", { class: `support ${one.support}` }, t(`support.${one.support}`)),
        h("div", { html: one.feedback }), basis(one, false)]);
  }

  /** What feedback rests on, and where that stands in the book: as links where a click does no harm. */
  function basis(one, linked) {
    const places = one.evidence ?? [];
    return (one.basis || places.length > 0) && h("p", { class: "basis" }, h("strong", {}, t("page.basis")), " ",
      one.basis && t(`basis.${one.basis}`), places.map((e, n) => [n || one.basis ? " · " : "",
        linked ? h("a", { href: `/${e.href}`, target: "_blank", rel: "noopener" }, e.label) : e.label]).flat());
  }

  /** Widths are set by script: the page's policy allows no inline styles. The timer forces nothing. */
  function tick() {
    for (const bar of document.querySelectorAll("[data-share]")) {
      /** @type {HTMLElement} */ (bar).style.width = `${/** @type {HTMLElement} */ (bar).dataset.share}%`;
    }
    const place = document.querySelector("#timer");
    if (!place) return;
    const left = room?.timer ? Math.round((Date.parse(room.timer) - Date.now()) / 1000) : null;
    place.textContent = left === null ? "" : left <= 0 ? t("screen.over")
      : t("screen.timer", { time: `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` });
  }

  async function lookBack() {
    const found = await get(`${api}/debrief?screen=${encodeURIComponent(key)}`);
    const titles = Object.fromEntries(found.decisions.map((d) => [d.node, d.title]));
    fill(h("p", { class: "over", html: found.title }), h("h1", {}, t("page.debrief")),
      h("p", {}, t("debrief.points", found.points)),
      h("p", {}, found.ending ? t("debrief.ending", { title: found.path[found.path.length - 1] }) : t("debrief.open")),
      found.most_split && h("p", {}, t("debrief.split", { title: titles[found.most_split] })),
      h("div", { class: "two" }, path("debrief.path", found.path), path("debrief.best", found.best)),
      found.decisions.map(decision(found)),
      h("section", {}, h("h2", {}, t("debrief.reflect")), h("ul", {}, t("debrief.prompts").split("\n").map((one) => h("li", {}, one)))),
      h("p", { class: "small" }, t("debrief.private")), printButton());
    tick();
  }

  function printButton() {
    const button = h("button", { type: "button", class: "print" }, t("debrief.print"));
    button.addEventListener("click", () => print());
    return button;
  }

  const path = (name, places) => h("section", {}, h("h2", {}, t(name)), h("ol", {}, places.map((one) => h("li", {}, one))));

  const decision = (found) => (d) => h("section", { class: "decision" }, h("h2", {}, d.title), h("p", { html: d.ask }),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": d.title }, h("table", {},
      h("thead", {}, h("tr", {}, [t("debrief.choice"), t("debrief.support"), ...d.rounds.map((_, n) => t("debrief.round", { n: n + 1 })),
        ...(found.groups ? [t("debrief.earlier", { n: found.groups })] : [])].map((one) => h("th", { scope: "col" }, one)))),
      h("tbody", {}, d.choices.map((c) => h("tr", { class: c.id === d.taken ? "taken" : null },
        h("th", { scope: "row" }, h("div", { html: c.text }),
          c.id === d.taken && h("strong", {}, `${t("debrief.taken")} (${t(`debrief.how_${d.how}`)})`)),
        h("td", {}, t(`support.${c.support}`)), d.rounds.map((round) => h("td", {}, `${round[c.id] ?? 0}`)),
        found.groups ? h("td", {}, `${c.elsewhere}`) : null))))),
    h("details", { open: "" }, h("summary", {}, t("debrief.reason")), d.choices.map((c) =>
      h("div", {}, h("p", { class: "picked", html: c.text }), h("div", { html: c.feedback }), basis(c, true)))));

  if (page.dataset.page === "debrief") {
    lookBack().catch(() => main.replaceChildren(h("h1", {}, t("page.debrief")), h("p", {}, t("page.unknown"))));
  } else {
    listen();
    setInterval(tick, 500);
  }
})();
