/**
 * The trainer's console: draws what the widget's `view` holds and sends what is pressed. It keeps
 * nothing, so that a reload, another window or a new kernel shows the room as it stands.
 *
 * @import { Child } from "../../player/parts/dom.js"
 * @import { ConsoleMessage, Place, RatedChoice } from "../../player/types.d.ts"
 * @import { StartView, TrainerNotes } from "../../player/types.d.ts"
 * @typedef {ConsoleMessage | StartView} View
 * @typedef {object} Model anywidget's
 * @property {(name: "view") => View | Record<string, never>} get
 * @property {(message: Record<string, unknown>) => void} send
 * @property {(name: string, heard: () => void) => void} on
 * @property {(name: string, heard: () => void) => void} off
 */

import { h, plain, texts } from "../../player/parts/dom.js";

const MINUTES = [1, 2, 3, 5, 8, 10, 15];
/** @type {Record<string, string>} */
const KEYS = {
  v: "open_vote",
  c: "close_vote",
  m: "choose",
  b: "compare",
  e: "evidence",
  n: "next",
  z: "back",
  s: "skip",
  p: "pause",
};
/** Buttons of two names that do the same. @type {Record<string, string[]>} */
const SAME = { open_vote: ["open_vote", "again"], pause: ["pause", "resume"] };

/** @param {View | Record<string, never>} view @returns {view is View} */
const isThere = (view) => "phase" in view;

class Console {
  /** @param {Model} model @param {HTMLElement} root */
  constructor(model, root) {
    this.model = model;
    this.root = root;
    this.typing = 0;
    this.alert = h("p.rc-alert", { role: "alert" });
    this.body = h("div");
    this.t = texts({});
    this.draw = this.draw.bind(this);
    root.classList.add("room-console");
    root.replaceChildren(this.alert, this.body);
  }

  /** @param {string} what @param {Record<string, unknown>} [more] */
  send(what, more = {}) {
    this.model.send({ do: what, ...more });
  }

  /** Draw anew, and leave the focus and what is being typed where they are. */
  draw() {
    const view = this.model.get("view");
    if (!isThere(view)) return;
    this.t = texts(view.strings);
    const said = view.said ?? "";
    if (this.alert.textContent !== said) this.alert.textContent = said;
    const putBack = this.held();
    const opened = [...this.body.querySelectorAll("details")].map(({ open }) => open);
    const picked = this.scenarios()?.value;
    const place = this.body.dataset.place;
    const content = view.phase === "start" ? this.start(view) : this.room(view);
    this.body.replaceChildren(...h("div", content).childNodes);
    this.body.dataset.place = view.phase === "start"
      ? "start"
      : `${view.code}:${view.at}:${view.phase === "ended"}`;
    if (place === this.body.dataset.place) {
      this.body.querySelectorAll("details").forEach((box, n) => (box.open = opened[n] ?? box.open));
    }
    const pick = this.scenarios();
    if (pick && [...pick.options].some(({ value }) => value === picked)) pick.value = picked ?? "";
    putBack();
  }

  /** @returns {HTMLSelectElement | null} */
  scenarios() {
    return this.body.querySelector("#room-scenario");
  }

  /** What has the focus and is being typed; it is put back by what this returns. */
  held() {
    const focused = document.activeElement;
    if (!(focused instanceof HTMLElement) || !this.body.contains(focused)) return () => {};
    const mark = focused.id || focused.dataset.key || focused.dataset.take;
    const typed = focused instanceof HTMLTextAreaElement && focused.id === "room-own"
      ? { value: focused.value, at: focused.selectionStart }
      : null;
    return () => {
      const again = mark &&
        this.body.querySelector(`[id="${mark}"],[data-key="${mark}"],[data-take="${mark}"]`);
      const next = again || this.body.querySelector("h2");
      if (next instanceof HTMLElement) next.focus();
      if (typed && again instanceof HTMLTextAreaElement) {
        again.value = typed.value;
        again.setSelectionRange(typed.at, typed.at);
      }
    };
  }

  /** A key of the keyboard presses the button of its name. @param {KeyboardEvent} event */
  pressed(event) {
    const view = this.model.get("view");
    const { target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || view.phase === "start") return;
    if (target instanceof Element && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return;
    const found = this.buttonOf(event.key);
    if (found instanceof HTMLElement) {
      event.preventDefault();
      found.click();
    }
  }

  /** @param {string} key @returns {Element | null | undefined} */
  buttonOf(key) {
    if (/^[1-9]$/.test(key)) return this.root.querySelectorAll("[data-take]")[Number(key) - 1];
    const name = KEYS[key.toLowerCase()];
    if (!name) return null;
    const names = SAME[name] ?? [name];
    return names.map((same) => this.root.querySelector(`[data-key="${same}"]`)).find(Boolean);
  }

  /** @param {string} key of its text @param {string} what it does @param {string} [kind]
   * @param {Record<string, unknown>} [more] */
  button(key, what, kind = "", more = {}) {
    const click = () => this.send(what, more);
    return h("button", { class: kind, "data-key": key, click }, this.t(`console.do.${key}`));
  }

  /** @param {string} key @param {string} href */
  link(key, href) {
    return h("a", { href, target: "_blank", rel: "noopener" }, this.t(`console.${key}`));
  }

  /** A card that folds. @param {string} title @param {boolean} open @param {...Child} content */
  card(title, open, ...content) {
    return h("details.rc-card", { open }, h("summary", title), content);
  }

  /** Choose a scenario, or go on with a room. @param {StartView} view @returns {Child} */
  start({ scenarios, chosen, rooms }) {
    const { t } = this;
    const options = scenarios.map(({ id, title }) =>
      h("option", { value: id, selected: id === chosen }, title)
    );
    const pick = h("select", { id: "room-scenario" }, options);
    const open = () => this.send("new", { scenario: pick.value });
    const known = rooms.map(({ code, title, ended }) =>
      h("option", { value: code }, `${code} · ${title}${ended ? " ✓" : ""}`)
    );
    const again = h("select", { id: "room-again" }, known);
    const goOn = () => this.send("enter", { code: again.value });
    return [
      h(
        "p",
        h("label", { for: "room-scenario" }, t("console.choose")),
        pick,
        h("button.main", { click: open }, t("console.open")),
      ),
      rooms.length > 0 && h(
        "p",
        h("label", { for: "room-again" }, t("console.reopen")),
        again,
        h("button", { click: goOn }, t("console.go_on")),
      ),
    ];
  }

  /** @param {ConsoleMessage} view @returns {Child} */
  room(view) {
    const { t } = this;
    const votes = Object.values(view.counts ?? {}).reduce((a, b) => a + b, 0);
    const open = view.phase === "vote" ? ` · ${t("screen.open")}` : "";
    const paused = view.paused ? ` · ${t("page.paused")}` : "";
    return [
      h("h2", { tabindex: "-1" }, `${view.title}: ${view.heading}`),
      h("p", { role: "status" }, t("console.people", { n: view.people, votes }), open, paused),
      this.actions(view),
      this.joining(view),
      this.moment(view, votes),
      this.notes("notes", view.trainer),
      this.own(view.own),
      h(
        "div.rc-tools",
        view.can.includes("timer") && this.timer(),
        view.can.includes("jump") && this.map(view.places),
      ),
      this.notes("whole", view.whole, false),
      this.keys(),
      h("p", h("button", { click: () => this.send("leave") }, t("console.new"))),
    ];
  }

  /** What may be done now. @param {ConsoleMessage} view */
  actions(view) {
    const can = (/** @type {string} */ what) => view.can.includes(what);
    const ranked = Object.entries(view.counts ?? {}).sort((a, b) => b[1] - a[1]).slice(0, 2);
    const pair = { choices: ranked.map(([id]) => id) };
    const compare = { "data-key": "compare", click: () => this.send("compare", pair) };
    return h(
      "div.rc-actions",
      can("open_vote") &&
        this.button(view.phase === "scene" ? "open_vote" : "again", "open_vote", "main"),
      can("close_vote") && this.button("close_vote", "close_vote", "main"),
      can("choose") && view.leader && this.button("choose", "choose"),
      can("compare") && ranked.length === 2 && h("button", compare, this.t("console.pair")),
      can("evidence") && this.button("evidence", "evidence", "main"),
      can("next") && this.button("next", "next", "main"),
      can("back") && this.button("back", "back"),
      can("skip") && this.button("skip", "skip"),
      can("pause") && this.button(view.paused ? "resume" : "pause", "pause"),
      can("end") && this.button("end", "end"),
      can("reopen") && this.button("reopen", "reopen", "main"),
    );
  }

  /** How people come in, and the other views. @param {ConsoleMessage} view */
  joining({ code, people, links, steps, kind, phase }) {
    const { t } = this;
    const address = links.join.replace(/^https?:\/\//, "");
    const qr = { src: links.qr, alt: t("screen.qr"), width: 132, height: 132 };
    const content = h(
      "div",
      h("p", t("console.address", { address }), h("br"), h("strong.rc-code", code)),
      links.alone && h("p.rc-note", t("console.alone")),
      !people && h("p.rc-note", t("console.solo")),
      h(
        "p",
        this.link("screen", links.screen),
        " · ",
        this.link("debrief", links.debrief),
        " · ",
        this.link("csv", links.csv),
      ),
    );
    const open = !steps || kind === "ending" || phase === "ended";
    return this.card(t("console.join", { code }), open, h("div.rc-join", h("img", qr), content));
  }

  /** The scene with its choices, or what they led to. @param {ConsoleMessage} view
   * @param {number} votes @returns {Child} */
  moment(view, votes) {
    const { t } = this;
    const free = view.can.includes("choose");
    return [
      !view.shown.length && [
        h("div", { html: view.scene }),
        view.lines.map(({ who, says }) =>
          h("blockquote", h("strong", t("page.says", { who })), h("p", { html: says }))
        ),
      ],
      view.ask && h("h3", { html: view.ask }),
      view.options.length > 0 &&
      h("ol.rc-options", view.options.map((choice) => this.option(view, choice, votes, free))),
      view.shown.map(({ text, consequence, feedback }) =>
        h(
          "section.rc-card",
          h("p.rc-picked", { html: text }),
          consequence && h("div", { html: consequence }),
          feedback && h("div", { html: feedback }),
        )
      ),
      view.debrief && h(
        "section.rc-card",
        h("h3", t("page.debrief_text")),
        h("div", { html: view.debrief }),
      ),
    ];
  }

  /** @param {ConsoleMessage} view @param {RatedChoice} choice @param {number} votes
   * @param {boolean} free whether it can be taken now */
  option(view, { id, text, support }, votes, free) {
    const { t } = this;
    const n = view.counts?.[id] ?? 0;
    const before = view.before?.[id];
    const take = {
      "data-take": id,
      "aria-label": t("console.take_long", { text: plain(text).slice(0, 80) }),
      click: () => this.send("choose", { choice: id }),
    };
    return h(
      "li",
      h("div", { html: text }),
      h(
        "p",
        support && h(`span.rc-support.${support}`, t(`support.${support}`)),
        " ",
        view.counts && `${n}${votes ? ` (${Math.round((100 * n) / votes)} %)` : ""}`,
        before !== undefined && ` · ${t("screen.again", { n: before })}`,
        view.leader === id && ` · ${t("console.leads")}`,
        " ",
        free && h("button", take, t("console.take")),
      ),
    );
  }

  /** @param {"notes" | "whole"} key @param {TrainerNotes | Record<string, never> | null} notes
   * @param {boolean} [open] @returns {Child} */
  notes(key, notes, open = true) {
    if (!notes || !("prompts" in notes)) return null;
    const { t } = this;
    const title = `${t(`console.${key}`)} (${t("console.minutes", { n: notes.minutes })})`;
    return this.card(
      title,
      open,
      h("ul", notes.prompts.map((html) => h("li", { html }))),
      notes.likely && [h("h4", t("console.likely")), h("div", { html: notes.likely })],
      notes.care && [h("h4", t("console.care")), h("div", { html: notes.care })],
    );
  }

  /** The trainer's own notes, sent when nothing was typed for a moment. @param {string} value */
  own(value) {
    const input = () => {
      clearTimeout(this.typing);
      this.typing = setTimeout(() => this.send("own", { text: area.value }), 800);
    };
    const props = { id: "room-own", rows: 3, "aria-describedby": "room-own-note", input, value };
    const area = h("textarea", props);
    return h(
      "div",
      h("label", { for: "room-own" }, this.t("console.own")),
      area,
      h("p.rc-note", { id: "room-own-note" }, this.t("console.own_note")),
    );
  }

  timer() {
    const change = () => this.send("timer", { minutes: pick.value ? Number(pick.value) : null });
    const pick = h(
      "select",
      { id: "room-timer", change },
      h("option", { value: "" }, this.t("console.timer_off")),
      MINUTES.map((n) => h("option", { value: n }, `${n} min`)),
    );
    return h("p", h("label", { for: "room-timer" }, this.t("console.timer")), pick);
  }

  /** @param {Place[]} places */
  map(places) {
    const change = () => pick.value && this.send("jump", { node: pick.value });
    const options = places.map((place) =>
      h("option", { value: place.here ? "" : place.id, disabled: place.here }, this.named(place))
    );
    const pick = h(
      "select",
      { id: "room-map", change },
      h("option", { value: "" }, "…"),
      options,
    );
    return h("p", h("label", { for: "room-map" }, this.t("console.map")), pick);
  }

  /** A place of the map in words. @param {Place} place */
  named({ title, here, passed, best, ending }) {
    const { t } = this;
    return [
      title,
      here && t("console.here"),
      passed && !here && t("console.passed"),
      best && t("console.best"),
      ending && t("console.ending"),
    ].filter(Boolean).join(" · ");
  }

  keys() {
    const names = [...Object.values(KEYS), "number"];
    const lines = h("ul", names.map((name) => h("li", this.t(`key.${name}`))));
    return this.card(this.t("console.keys"), false, lines);
  }
}

/** anywidget's way in. @param {{model: Model, el: HTMLElement}} context */
function render({ model, el }) {
  const stop = new AbortController();
  const console = new Console(model, el);
  model.on("change:view", console.draw);
  document.addEventListener("keydown", (event) => console.pressed(event), { signal: stop.signal });
  console.draw();
  console.send("hello");
  return () => {
    model.off("change:view", console.draw);
    stop.abort();
  };
}

export default { render };
