// @ts-check
/**
 * The trainer's console: draws what the widget's `view` holds and sends what is pressed. It keeps
 * nothing, so that a reload, another window or a new kernel shows the room as it stands.
 */

/** @param {{model: any, el: HTMLElement}} context */
function render({ model, el }) {
  const stop = new AbortController();
  let typing = 0;
  const view = () => model.get("view");
  const t = (/** @type {string} */ name, values = {}) => Object.entries(values)
    .reduce((text, [k, v]) => text.replace(`{${k}}`, `${v}`), view().strings?.[name] ?? name);
  const send = (/** @type {string} */ what, more = {}) => model.send({ do: what, ...more });

  /** @param {string} tag @param {Record<string, any>} props @param {...any} children */
  function h(tag, props = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(props)) {
      if (name === "html") element.innerHTML = value; // compiled and cleaned
      else if (typeof value === "function") element.addEventListener(name, value);
      else if (value === true) element.setAttribute(name, "");
      else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
    }
    element.append(...children.flat(3).filter((one) => one !== null && one !== undefined && one !== false));
    return element;
  }
  const button = (key, what, more = {}, kind = "") =>
    h("button", { type: "button", class: kind, "data-key": key, click: () => send(what, more) }, t(`console.do.${key}`));
  const link = (key, href) => h("a", { href, target: "_blank", rel: "noopener" }, t(`console.${key}`));

  function start() {
    const v = view();
    const pick = h("select", { id: "room-scenario" }, v.scenarios.map((one) =>
      h("option", { value: one.id, selected: one.id === v.chosen }, one.title)));
    const again = v.rooms.length && h("select", { id: "room-again" }, v.rooms.map((one) =>
      h("option", { value: one.code }, `${one.code} · ${one.title}${one.ended ? " ✓" : ""}`)));
    return [h("p", {}, h("label", { for: "room-scenario" }, t("console.choose")), pick,
      h("button", { type: "button", class: "main", click: () => send("new", { scenario: pick.value }) }, t("console.open"))),
    again && h("p", {}, h("label", { for: "room-again" }, t("console.reopen")), again,
      h("button", { type: "button", click: () => send("enter", { code: again.value }) }, t("console.go_on")))];
  }

  function room() {
    const v = view();
    const can = (/** @type {string} */ what) => v.can.includes(what);
    const votes = Object.values(v.counts ?? {}).reduce((a, b) => a + b, 0);
    const ranked = Object.entries(v.counts ?? {}).sort((a, b) => b[1] - a[1]).slice(0, 2).map(([id]) => id);
    return [
      h("h2", { tabindex: "-1" }, `${v.title}: ${v.heading}`),
      h("p", { role: "status" }, t("console.people", { n: v.people, votes }), v.phase === "vote" ? ` · ${t("screen.open")}` : "",
        v.paused ? ` · ${t("page.paused")}` : ""),
      h("div", { class: "rc-actions" },
        can("open_vote") && button(v.phase === "scene" ? "open_vote" : "again", "open_vote", {}, "main"),
        can("close_vote") && button("close_vote", "close_vote", {}, "main"),
        can("choose") && v.leader && button("choose", "choose"),
        can("compare") && ranked.length === 2 && h("button", { type: "button", "data-key": "compare",
          click: () => send("compare", { choices: ranked }) }, t("console.pair")),
        can("evidence") && button("evidence", "evidence", {}, "main"),
        can("next") && button("next", "next", {}, "main"),
        can("back") && button("back", "back"), can("skip") && button("skip", "skip"),
        can("pause") && button(v.paused ? "resume" : "pause", "pause"),
        can("end") && button("end", "end"), can("reopen") && button("reopen", "reopen", {}, "main")),
      h("details", { open: !v.steps || v.kind === "ending" || v.phase === "ended", class: "rc-card" }, h("summary", {}, t("console.join", { code: v.code })),
        h("div", { class: "rc-join" }, h("img", { src: v.links.qr, alt: t("screen.qr"), width: 132, height: 132 }), h("div", {},
          h("p", {}, t("console.address", { address: v.links.join.replace(/^https?:\/\//, "") }), h("br"), h("strong", { class: "rc-code" }, v.code)),
          v.links.alone && h("p", { class: "rc-note" }, t("console.alone")),
          !v.people && h("p", { class: "rc-note" }, t("console.solo")),
          h("p", {}, link("screen", v.links.screen), " · ", link("debrief", v.links.debrief), " · ", link("csv", v.links.csv))))),
      !v.shown.length && h("div", { html: v.scene }),
      !v.shown.length && v.lines.map((line) => h("blockquote", {}, h("strong", {}, t("page.says", { who: line.who })), h("p", { html: line.says }))),
      v.ask && h("h3", { html: v.ask }),
      v.options.length && h("ol", { class: "rc-options" }, v.options.map((one) => option(one, votes, can("choose")))),
      v.shown.map((one) => h("section", { class: "rc-card" }, h("p", { class: "rc-picked", html: one.text }),
        one.consequence && h("div", { html: one.consequence }), one.feedback && h("div", { html: one.feedback }))),
      v.debrief && h("section", { class: "rc-card" }, h("h3", {}, t("page.debrief_text")), h("div", { html: v.debrief })),
      notes("notes", v.trainer), own(v.own),
      h("div", { class: "rc-tools" }, can("timer") && timer(), can("jump") && map(v.places)),
      notes("whole", v.whole, false), keys(),
      h("p", {}, h("button", { type: "button", click: () => send("leave") }, t("console.new")))];
  }

  function option(one, votes, free) {
    const n = view().counts?.[one.id] ?? 0;
    const before = view().before?.[one.id];
    return h("li", {}, h("div", { html: one.text }),
      h("p", {}, one.support && h("span", { class: `rc-support ${one.support}` }, t(`support.${one.support}`)), " ",
        view().counts && `${n}${votes ? ` (${Math.round(100 * n / votes)} %)` : ""}`,
        before !== undefined && ` · ${t("screen.again", { n: before })}`, view().leader === one.id && ` · ${t("console.leads")}`, " ",
        free && h("button", { type: "button", "data-take": one.id, "aria-label": t("console.take_long", { text: one.text.replace(/<[^>]*>/g, "").slice(0, 80) }),
          click: () => send("choose", { choice: one.id }) }, t("console.take"))));
  }

  function notes(key, data, open = true) {
    if (!data || !data.prompts) return null;
    return h("details", { open, class: "rc-card" }, h("summary", {}, `${t(`console.${key}`)} (${t("console.minutes", { n: data.minutes })})`),
      h("ul", {}, data.prompts.map((one) => h("li", { html: one }))),
      data.likely && [h("h4", {}, t("console.likely")), h("div", { html: data.likely })],
      data.care && [h("h4", {}, t("console.care")), h("div", { html: data.care })]);
  }

  function own(text) {
    const area = h("textarea", { id: "room-own", rows: 3, "aria-describedby": "room-own-note", input: () => {
      clearTimeout(typing);
      typing = setTimeout(() => send("own", { text: area.value }), 800);
    } });
    area.value = text;
    return h("div", {}, h("label", { for: "room-own" }, t("console.own")), area, h("p", { id: "room-own-note", class: "rc-note" }, t("console.own_note")));
  }

  function timer() {
    const pick = h("select", { id: "room-timer", change: () => send("timer", { minutes: pick.value ? Number(pick.value) : null }) },
      h("option", { value: "" }, t("console.timer_off")), [1, 2, 3, 5, 8, 10, 15].map((n) => h("option", { value: n }, `${n} min`)));
    return h("p", {}, h("label", { for: "room-timer" }, t("console.timer")), pick);
  }

  function map(places) {
    const pick = h("select", { id: "room-map", change: () => pick.value && send("jump", { node: pick.value }) },
      h("option", { value: "" }, "…"), places.map((one) => h("option", { value: one.here ? "" : one.id, disabled: one.here },
        [one.title, one.here && t("console.here"), one.passed && !one.here && t("console.passed"), one.best && t("console.best"),
          one.ending && t("console.ending")].filter(Boolean).join(" · "))));
    return h("p", {}, h("label", { for: "room-map" }, t("console.map")), pick);
  }

  const KEYS = { v: "open_vote", c: "close_vote", m: "choose", b: "compare", e: "evidence", n: "next", z: "back", s: "skip", p: "pause" };
  const keys = () => h("details", { class: "rc-card" }, h("summary", {}, t("console.keys")),
    h("ul", {}, [...Object.values(KEYS), "number"].map((key) => h("li", {}, t(`key.${key}`)))));

  function pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || view().phase === "start") return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    const name = KEYS[event.key.toLowerCase()];
    const same = { open_vote: ["open_vote", "again"], pause: ["pause", "resume"] }[name] ?? [name];
    const found = /^[1-9]$/.test(event.key) ? el.querySelectorAll("[data-take]")[Number(event.key) - 1]
      : name && same.map((key) => el.querySelector(`[data-key="${key}"]`)).find(Boolean);
    if (found) {
      event.preventDefault();
      found.click();
    }
  }

  const alert = h("p", { role: "alert", class: "rc-alert" });
  const body = h("div", {});
  el.classList.add("room-console");
  el.replaceChildren(alert, body);

  /** Draw anew, and leave the focus and what is being typed where they are. */
  function draw() {
    const v = view();
    if (!v.phase) return;
    if (alert.textContent !== (v.said ?? "")) alert.textContent = v.said ?? "";
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);
    const inside = focused && body.contains(focused);
    const mark = inside && (focused.id || focused.dataset.key || focused.dataset.take);
    const text = inside && focused.id === "room-own" ? /** @type {HTMLTextAreaElement} */ (focused) : null;
    const held = text && { value: text.value, at: text.selectionStart };
    const opened = [...body.querySelectorAll("details")].map((one) => one.open);
    const place = body.dataset.place;
    const picked = /** @type {HTMLSelectElement | null} */ (body.querySelector("#room-scenario"))?.value;
    body.replaceChildren(...(v.phase === "start" ? start() : room()).flat(3).filter(Boolean));
    body.dataset.place = `${v.code}:${v.at}:${v.phase === "ended"}`;
    if (place === body.dataset.place) body.querySelectorAll("details").forEach((one, n) => (one.open = opened[n] ?? one.open));
    const pick = /** @type {HTMLSelectElement | null} */ (body.querySelector("#room-scenario"));
    if (pick && picked && [...pick.options].some((one) => one.value === picked)) pick.value = picked;
    if (!inside) return;
    const again = mark && body.querySelector(`[id="${mark}"],[data-key="${mark}"],[data-take="${mark}"]`);
    const next = /** @type {HTMLElement | null} */ (again || body.querySelector("h2"));
    if (next) next.focus();
    if (held && again) {
      /** @type {HTMLTextAreaElement} */ (again).value = held.value;
      /** @type {HTMLTextAreaElement} */ (again).setSelectionRange(held.at, held.at);
    }
  }

  model.on("change:view", draw);
  document.addEventListener("keydown", pressed, { signal: stop.signal });
  draw();
  send("hello");
  return () => {
    model.off("change:view", draw);
    stop.abort();
  };
}

export default { render };
