// @ts-check
/**
 * The player: quizzes, scenarios and reflections, in a book page, a notebook and Voila. It knows the
 * player JSON alone. One self-contained module, since anywidget loads it from a blob, where relative
 * imports have no base; only `graded.js` stands beside it, for book pages. First pure functions, named as in `scoring.py`, which they mirror; then what
 * draws; then `<course-quiz root heading>`, `<course-scenario root heading>` and
 * `<course-reflection name>`, which fire a bubbling `course-event`; then anywidget.
 *
 * @typedef {Record<string, any>} Json
 * @typedef {{raw: number, max: number}} Score
 * @typedef {Record<string, number>} Meters
 * @typedef {{nodes: string[], meters: Meters[], choices: (string|null)[], raw: number, max: number,
 *   ending: string|null, used: number, at: string}} Path
 * @typedef {{state?: any, onEvent?: (event: Json) => void, onState?: (state: Json) => boolean|void,
 *   root?: string|null, heading?: number, strings?: Json}} Options
 */

// ------------------------------------------------------------------ scoring, as scoring.py

export const MAX_SUPPORT = 2;
export const MAX_STEPS = 1000;
const PUNCTUATION = /[!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~‘’“”–—…]/g;
const SPACE = /[ \t\r\n\f\v\u00a0]+/g;

/** @returns {value is string} */
const isText = (value) => typeof value === "string";
/** @returns {value is Json} */
const isMap = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
/** An own property only: "constructor" must find nothing that JavaScript put there. */
const own = (from, key) =>
  from && Object.prototype.hasOwnProperty.call(from, key) ? from[key] : undefined;
const byId = (list, id) => list.find((one) => one.id === id);

export function normalise(text) {
  return text.normalize("NFKC").toLowerCase()
    .replace(PUNCTUATION, " ").replace(SPACE, " ").replace(/^ | $/g, "");
}

/** @returns {string[]} */
export function picks(item, response) {
  switch (item.type) {
    case "single-choice": case "judgement": case "likert":
      return byId(item.options, response) ? [response] : [];
    case "multiple-response":
      if (!Array.isArray(response)) return [];
      return [...new Set(response)].filter((key) => byId(item.options, key));
    case "matching":
      if (!isMap(response)) return [];
      return item.prompts.filter((p) => byId(item.answers, own(response, p.id)))
        .map((p) => `${p.id}:${response[p.id]}`);
    case "sequencing":
      if (!Array.isArray(response) || !response.every((key) => byId(item.steps, key))
        || new Set(response).size !== response.length) return [];
      return response.slice(1).map((key, n) => `${response[n]}>${key}`);
    case "short-text":
      return isText(response) && normalise(response) ? [normalise(response)] : [];
    default:
      return [];
  }
}

export function isValid(item, response) {
  const count = picks(item, response).length;
  if (item.type === "reflection") return isText(response) && response.trim() !== "";
  if (item.type === "matching") return count === item.prompts.length;
  if (item.type === "sequencing") return count === item.steps.length - 1;
  return count > 0;
}

/** @returns {Score} */
export function score(item, response) {
  let sum = 0;
  for (const key of picks(item, response)) sum += own(item.weights, key) || 0;
  return { raw: Math.min(Math.max(sum, 0), item.max), max: item.max };
}

/** @returns {Score} */
export function itemPoints(item, response) {
  if (!item.max) return { raw: 0, max: 0 };
  return { raw: (score(item, response).raw * item.points) / item.max, max: item.points };
}

/** @returns {Score} */
export function total(scores) {
  const sum = { raw: 0, max: 0 };
  for (const one of scores) {
    sum.raw += one.raw;
    sum.max += one.max;
  }
  return sum;
}

export function scoreQuiz(quiz, responses) {
  return total(quiz.items.map((item) => itemPoints(item, own(responses, item.id))));
}

export function passed(result, mark) {
  return (result.max ? (100 * result.raw) / result.max : 0) + 1e-9 >= mark;
}

const COMPARE = {
  ">=": (a, b) => a >= b, "<=": (a, b) => a <= b, ">": (a, b) => a > b,
  "<": (a, b) => a < b, "==": (a, b) => a === b, "!=": (a, b) => a !== b,
};

export function holds(when, meters, visited) {
  return when.every((test) => ("visited" in test
    ? visited.includes(test.visited) === test.is
    : COMPARE[test.op](meters[test.meter], test.value)));
}

/** @returns {Meters} */
export function move(scenario, meters, effects) {
  return Object.fromEntries(scenario.meters.map((m) =>
    [m.id, Math.min(Math.max(meters[m.id] + (own(effects, m.id) || 0), m.min), m.max)]));
}

/** @returns {string|null} */
export function follow(goto, meters, visited) {
  const found = goto.find((one) => holds(one.when, meters, visited));
  return found ? found.node : null;
}

/** @returns {Path} */
export function play(scenario, steps) {
  const path = {
    nodes: [scenario.start], choices: [], raw: 0, max: 0, ending: null, used: 0, at: scenario.start,
    meters: [Object.fromEntries(scenario.meters.map((m) => [m.id, m.start]))],
  };
  const earned = new Set();
  for (const step of steps.slice(0, MAX_STEPS)) {
    const node = scenario.nodes[path.at];
    let meters = path.meters[path.used];
    if (node.kind === "ending" || !isMap(step) || step.node !== path.at) break;
    let points = { raw: 0, max: 0 };
    let goto = node.goto || [];
    let chosen = null;
    if (node.kind === "decision") {
      const choice = byId(node.choices, step.choice);
      if (!choice) break;
      chosen = choice.id;
      points = { raw: choice.points, max: MAX_SUPPORT };
      meters = move(scenario, meters, choice.effects);
      goto = choice.goto;
    } else if (node.kind === "item") {
      if (!isValid(node.item, step.response)) break;
      points = itemPoints(node.item, step.response);
    }
    const to = follow(goto, meters, path.nodes);
    if (to === null) break;
    if (!earned.has(path.at)) {
      earned.add(path.at);
      path.raw += points.raw;
      path.max += points.max;
    }
    path.choices.push(chosen);
    path.nodes.push(to);
    path.meters.push(meters);
    path.used += 1;
    path.at = to;
  }
  if (scenario.nodes[path.at].kind === "ending") path.ending = path.at;
  return path;
}

// ------------------------------------------------------------------ other pure functions

/** The right order of a sequencing item, read from its weights. */
export function bestOrder(item) {
  const pairs = Object.keys(item.weights).filter((k) => item.weights[k] > 0).map((k) => k.split(">"));
  const order = [];
  let at = pairs.find(([a]) => !pairs.some(([, b]) => a === b))?.[0];
  while (at && !order.includes(at)) {
    order.push(at);
    at = pairs.find(([a]) => a === at)?.[1];
  }
  return order;
}

/** A meter's value in words, which spread evenly over its range. */
export function meterWord(meter, value) {
  const share = (value - meter.min) / (meter.max - meter.min + 1);
  return meter.words[Math.floor(share * meter.words.length)] || "";
}

/** All nodes in the order in which they are met, with their rows below the start. */
export function layers(scenario) {
  const depth = new Map([[scenario.start, 0]]);
  for (const [name, level] of depth) {
    for (const to of onward(scenario.nodes[name])) if (!depth.has(to)) depth.set(to, level + 1);
  }
  return depth;
}

const onward = (node) => [...new Set(
  [node.goto || [], ...(node.choices || []).map((c) => c.goto)].flat().map((g) => g.node))];
const scored = (type) => type !== "likert" && type !== "reflection";
/** Reflections are asked, not counted. */
const countable = (quiz) => quiz.items.filter((item) => item.type !== "reflection");

function isFinished(quiz, state) {
  const items = countable(quiz);
  return items.length > 0 && items.every((item) => state.checked[item.id]);
}

/** What of a stored state fits a quiz; whatever stands there is not trusted. */
export function resumeQuiz(quiz, stored) {
  const state = { version: quiz.version, responses: {}, checked: {}, shown: {}, finished: false };
  const given = isMap(stored) && isMap(stored.responses) ? stored.responses : {};
  for (const item of quiz.items) {
    const [id, response] = [item.id, own(given, item.id)];
    const valid = isValid(item, response);
    const part = ["multiple-response", "matching"].includes(item.type) && picks(item, response).length;
    if (!valid && !part && !(isText(response) && /text|reflection/.test(item.type))) continue;
    state.responses[id] = response;
    if (valid && own(stored.checked, id) === true) {
      state.checked[id] = true;
      if (own(stored.shown, id) === true) state.shown[id] = true;
    }
  }
  state.finished = isFinished(quiz, state);
  return { state, changed: Object.keys(given).length > 0 && stored.version !== quiz.version };
}

/** What of a stored state fits a scenario; `after`: what the last choice led to is on the screen. */
export function resumeScenario(scenario, stored) {
  const from = isMap(stored) ? stored : {};
  const given = Array.isArray(from.steps) ? from.steps : [];
  const path = play(scenario, given);
  const last = scenario.nodes[path.nodes[path.used - 1]];
  const after = from.after === true && path.used === given.length && !!last && last.kind !== "passage";
  const state = {
    version: scenario.version, steps: given.slice(0, path.used), after,
    finished: !!path.ending && !after, sent: from.sent === true,
    unsent: Array.isArray(from.unsent) ? from.unsent.filter(isMap).slice(-20) : [],
  };
  return { state, changed: given.length > 0 && from.version !== scenario.version };
}

/** What leaves the page of a state: a learner's own words do not. */
function withoutReflections(data, state) {
  const copy = JSON.parse(JSON.stringify(state));
  for (const item of data.items || []) {
    if (item.type === "reflection" && copy.responses) delete copy.responses[item.id];
  }
  return copy;
}

// ------------------------------------------------------------------ drawing

/** An element: `h("p.small", {id}, ...children)`. `html` is compiled and cleaned; all else is text.
 * @param {string} spec @param {...any} rest @returns {any} */
function h(spec, ...rest) {
  const [tag, ...classes] = spec.split(".");
  /** @type {any} */
  const node = document.createElement(tag);
  const props = rest[0] && rest[0].constructor === Object ? rest.shift() : {};
  if (tag === "button") node.type = "button";
  if (classes.length) node.className = classes.join(" ");
  for (const [key, value] of Object.entries(props)) {
    if (key === "html") node.innerHTML = value;
    else if (typeof value === "function") node.addEventListener(key, value);
    else if (typeof value === "boolean" || key === "type") node[key] = value;
    else if (value !== null && key !== "value") node.setAttribute(key, value);
  }
  node.append(...rest.flat(4).filter((child) => child || child === 0));
  if ("value" in props) node.value = props.value;
  return node;
}

function svg(tag, props, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(props)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

const ICONS = {
  well: "M5 10.5l3.5 3.5L15 7", partly: "M5.5 10h9", poorly: "M6.5 6.5l7 7M13.5 6.5l-7 7",
  note: "M10 9v5M10 6v.5", up: "M5 12l5-5 5 5", down: "M5 8l5 5 5-5",
};
const icon = (name) => svg("svg", { viewBox: "0 0 20 20", class: "cp-icon", "aria-hidden": "true" },
  svg("circle", { cx: 10, cy: 10, r: 9 }), svg("path", { d: ICONS[name] }));

/** The text of inline HTML. */
function plain(html) {
  const holder = h("template", { html });
  return holder.content.textContent.trim();
}

/** A UUID, also where a page is no secure context (http on a local network). */
function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** Numbers as people write them: 1.3, not 1.3333333. */
const neat = (number) => Math.round(number * 10) / 10;

/** Focus what is no control. What is read from its top goes to the top of the window, unless it is
 * high enough already; with `nearest` the page moves only as far as it must. */
function focusOn(node, nearest = false) {
  node.tabIndex = -1;
  node.focus({ preventScroll: true });
  if (nearest) return node.scrollIntoView({ block: "nearest" });
  const { top } = node.getBoundingClientRect();
  if (top < 0 || top > window.innerHeight * 0.7) node.scrollIntoView();
}

const textsOf = (strings) => (key, values = {}) => (own(strings, `player.${key}`) || key)
  .replace(/\{(\w+)\}/g, (all, name) => (name in values ? values[name] : all));
const notice = (...content) => h("div.cp-notice", icon("note"), h("div", ...content));

/** What stands for an activity whose format this player does not know; it is not guessed at. */
const isNewer = (data) => data.format > 1;
const newer = (strings) => h("div.course-activity", notice(h("p", textsOf(strings)("newer"))));

let count = 0;

/** What all activities share: texts, the live region, headings, the way out for states and events.
 * @param {HTMLElement} root @param {Json} data @param {Options} options */
function kit(root, data, options) {
  const live = h("div.cp-live", { role: "status", "aria-live": "polite" });
  const notices = h("div.cp-notices");
  let warned = false;
  const k = {
    data,
    body: h("div.cp-body"),
    base: isText(options.root) ? options.root : null,
    uid: `cp${(count += 1)}`,
    abort: new AbortController(),
    t: textsOf(options.strings || data.strings),
    say(text) {
      live.textContent = live.textContent === text ? `${text}\u00a0` : text;
    },
    notice,
    warn: (key) => notices.append(notice(h("p", k.t(key)))),
    heading: (below, ...rest) => h(`h${Math.min((options.heading || 2) + below, 6)}`, ...rest),
    /** The activity's own heading, out of sight where the page's title says the same. */
    title() {
      const page = document.querySelector("h1");
      const same = page && page.textContent.replace(/[#¶\s]+$/, "").trim() === data.title;
      return k.heading(0, { class: same ? "cp-hidden" : "cp-title" }, data.title);
    },
    button: (key, click, kind = "quiet") => h(`button.cp-button.cp-${kind}`, { click }, k.t(key)),
    actions: (...buttons) => h("div.cp-actions", buttons),
    tell(type, state, more = {}) {
      const { id, kind, version } = data;
      const detail = { type, kind, id, version, ...more, state: withoutReflections(data, state) };
      if (options.onEvent) options.onEvent(detail);
      root.dispatchEvent(new CustomEvent("course-event", { bubbles: true, detail }));
    },
    keep(state) {
      if (!options.onState || options.onState(state) !== false || warned) return;
      warned = true;
      k.warn("not_kept");
    },
    emit(type, state, more) {
      k.keep(state);
      k.tell(type, state, more);
    },
    listen: (name, heard) => window.addEventListener(name, heard, { signal: k.abort.signal }),
    stop: () => k.abort.abort(),
  };
  root.classList.add("course-activity");
  root.replaceChildren(notices, k.body, live);
  return k;
}

const verdict = (level, word) => h("p.cp-verdict", icon(level), h("strong", word));

/** What a key or a judgement rests on, with links where there is a book around. */
function basisOf(k, part) {
  const links = (part.evidence || []).map((one) =>
    h("li", k.base !== null && one.href ? h("a", { href: k.base + one.href }, one.label) : one.label));
  return (part.basis || links.length > 0) && h("div.cp-basis",
    part.basis && h(`span.cp-tag.cp-tag-${part.basis}`, k.t(`basis.${part.basis}`)), h("ul", links));
}

function progressOf(k, n, of) {
  const label = k.t("answered", { n, of });
  const fill = h("span");
  fill.style.width = `${(100 * n) / of}%`;
  return [h("span", label), h("div.cp-bar", {
    role: "progressbar", "aria-label": label, "aria-valuetext": label,
    "aria-valuemin": 0, "aria-valuemax": of, "aria-valuenow": n,
  }, fill)];
}

// ------------------------------------------------------------------ items

/** One item. `mode` is practice (with Check and feedback), scenario (the same, without trying again),
 * graded (no feedback) or result (only to read). `tell` hears response, check and retry.
 * @param {any} k @param {Json} item @param {string} mode @param {Json} state
 * @param {(type: string) => void} [tell] @param {number} [n] @param {number} [of] */
function itemView(k, item, mode, state, tell = () => {}, n = 0, of = 0) {
  const { t } = k;
  const { id, type } = item;
  const name = `${k.uid}-${id}`;
  const weights = item.weights || {};
  const result = mode === "result";
  const one = ["single-choice", "judgement"].includes(type);
  const root = h("div.cp-item");
  const rest = h("div.cp-rest");
  const message = h("p.cp-message");
  const response = () => own(state.responses, id);
  const given = () => (isMap(response()) ? response() : {});
  const checked = () => own(state.checked, id) === true;
  const open = () => result || own(state.shown, id) === true;
  const done = () => result || (checked() && scored(type));

  function answer(value) {
    state.responses[id] = value;
    message.textContent = "";
    if (type === "likert" && mode !== "graded") check();
    else tell("response");
  }

  function check() {
    if (type === "sequencing" && !response()) state.responses[id] = order();
    if (!isValid(item, response())) {
      message.textContent = t(`nothing.${type}`);
      k.say(message.textContent);
      return;
    }
    state.checked[id] = true;
    if (!scored(type)) {
      if (item.explanation) rest.replaceChildren(outcome());
      return tell("check");
    }
    draw();
    tell("check");
    present();
  }

  /** The verdict is said, and is in view wherever Check stood. */
  function present() {
    const told = [...root.querySelectorAll(".cp-told")].map((part) => part.textContent);
    k.say(told.join(" ").replace(/\s+/g, " ").trim());
    focusOn(rest.firstChild, true);
  }

  function retry() {
    for (const part of [state.responses, state.checked, state.shown]) delete part[id];
    draw();
    k.say("");
    tell("retry");
    focus();
  }

  function reveal() {
    state.shown[id] = true;
    draw();
    tell("response");
    k.say(t("answer_shown"));
    focusOn(root.querySelector(".cp-option.cp-well:not(.cp-picked), .cp-pair .cp-poorly") || rest.firstChild, true);
  }

  const focus = () => root.querySelector("input:not(:disabled),select,textarea,button").focus();
  const order = () => (isValid(item, response()) ? response() : item.steps.map((step) => step.id));
  const levelOf = (option) => option.support || (weights[option.id] > 0 ? "well" : "poorly");

  function choices() {
    const many = type === "multiple-response";
    const picked = picks(item, response());
    const only = Object.values(weights).filter((weight) => weight > 0).length === 1;
    return item.options.map((option) => {
      const is = picked.includes(option.id);
      const level = levelOf(option);
      const tells = done() && scored(type) && (is || (open() && (!result || level === "well")));
      // What is said of the one option chosen stands where Check was.
      const below = is && one;
      const about = `${name}-${below ? "told" : option.id}`;
      const word = option.support ? `support.${level}` : !is && only && level === "well" ? "option.left.only"
        : `option.${is ? "picked" : "left"}.${level}`;
      // Colours judge what the learner did: to leave out what is not well supported was no mistake.
      const judged = is || level === "well";
      return h(`div.cp-option${is ? ".cp-picked" : ""}${tells && judged ? `.cp-${level}` : ""}`,
        h("label", h("input", {
          type: many ? "checkbox" : "radio", name, value: option.id, checked: is, disabled: done(),
          "aria-describedby": tells ? about : null,
          change: () => answer(many
            ? [...root.querySelectorAll("input:checked")].map((box) => box.value) : option.id),
        }), h("span", { html: option.text }), tells && below && icon(level)),
        tells && !below && h(`div.cp-feedback${is ? ".cp-told" : ""}`, { id: about },
          verdict(judged || option.support ? level : "partly", t(word)), " ", option.feedback && h("div", { html: option.feedback })));
    });
  }

  function pairs() {
    return item.prompts.map((prompt) => {
      const about = `${name}-${prompt.id}`;
      const now = own(given(), prompt.id) || "";
      const level = own(weights, `${prompt.id}:${now}`) > 0 ? "well" : "poorly";
      const right = item.answers.find((a) => own(weights, `${prompt.id}:${a.id}`) > 0);
      return h("div.cp-pair", h("label", { for: about, html: prompt.text }),
        h("select", {
          id: about, disabled: done(), value: now,
          change: (event) => {
            const { [prompt.id]: _, ...others } = given();
            answer(event.target.value ? { ...others, [prompt.id]: event.target.value } : others);
          },
        }, h("option", { value: "" }, t("choose")),
        item.answers.map((a) => h("option", { value: a.id }, plain(a.text)))),
        done() && h(`div.cp-feedback.cp-told.cp-${level}`, verdict(level, t(`pair.${level}`)), " ",
          open() && level !== "well" && right && h("p", t("belongs"), " ", h("strong", { html: right.text })),
          (open() || level === "well") && prompt.feedback && h("div", { html: prompt.feedback })));
    });
  }

  function steps() {
    const list = h("ol.cp-steps");
    const fill = (now) => list.replaceChildren(...now.map((key, at) => {
      const { text } = byId(item.steps, key);
      const arrow = (way, to) => h("button.cp-move", {
        "aria-label": t(`move.${way}`, { step: plain(text) }), "data-way": way,
        "aria-disabled": now[to] ? null : "true",
        click() {
          if (!now[to]) return;
          const next = [...now];
          next.splice(to, 0, ...next.splice(at, 1));
          fill(next);
          answer(next);
          list.children[to].querySelector(`[data-way=${way}]`).focus();
          k.say(t("moved", { step: plain(text), n: to + 1, of: next.length }));
        },
      }, icon(way));
      return h("li", h("span", { html: text }), !done() && [arrow("up", at - 1), arrow("down", at + 1)]);
    }));
    fill(order());
    return list;
  }

  function field() {
    const long = type === "reflection";
    return h("div.cp-field", h("label", { for: `${name}-text` }, t(long ? "your_words" : "your_answer")),
      h(long ? "textarea" : "input", {
        id: `${name}-text`, value: response() || "", disabled: done() && !long,
        ...(long ? { rows: 5 } : { type: "text", maxlength: 200, autocomplete: "off" }),
        input: (event) => answer(event.target.value),
        keydown: (event) => !long && mode !== "graded" && event.key === "Enter" && !event.isComposing && check(),
      }), long && h("p.cp-hint", t("private")));
  }

  function outcome() {
    const marks = score(item, response());
    const full = marks.raw === marks.max;
    const picked = picks(item, response());
    const option = one && byId(item.options, picked[0]);
    const level = option ? levelOf(option) : full ? "well" : marks.raw > 0 ? "partly" : "poorly";
    const word = t(!option ? `outcome.${level}` : option.support ? `support.${level}` : `option.picked.${level}`);
    const tells = one ? option : item.max > 0;
    const missed = type === "multiple-response" && !open()
      && Object.keys(weights).some((key) => weights[key] > 0 && !picked.includes(key));
    const reply = option ? option.feedback : own(item.replies, picked[0]);
    const right = type === "sequencing" ? bestOrder(item).map((key) => byId(item.steps, key).text)
      : type === "short-text" ? Object.keys(weights) : [];
    return h(`div.cp-outcome${tells ? `.cp-${level}` : ""}`, tells && { role: "group", "aria-label": word },
      tells && h("div.cp-feedback.cp-told", { id: `${name}-told` }, verdict(level, word), " ",
        type === "sequencing" && !full && h("p", t("in_order", { n: marks.raw, of: marks.max })), " ",
        missed && h("p", t("more_to_pick")), reply && h("div", { html: reply })),
      open() && !full && right.length > 0 && [h("p", t(`answer.${type}`)),
        h(type === "sequencing" ? "ol" : "ul", right.map((html) => h("li", { html })))],
      item.explanation && h("div.cp-why", { html: item.explanation }),
      basisOf(k, item),
      item.read && k.base !== null
        && h("p.cp-read", t("read"), " ", h("a", { href: k.base + item.read.href }, item.read.title)),
      !result && item.max > 0 && k.actions(mode === "practice" && k.button("retry", retry),
        !open() && (one || !full) && k.button(full ? "show_feedback" : "show_answer", reveal)));
  }

  function draw() {
    const hint = ["multiple-response", "matching", "sequencing", "judgement"].includes(type)
      && h("p.cp-hint", { id: `${name}-hint` }, t(`hint.${type}`));
    const asks = mode !== "graded" && scored(type);
    rest.replaceChildren(...(done() || (checked() && item.explanation) ? [outcome()]
      : asks ? [message, k.actions(k.button("check", check, "main"))] : []));
    root.replaceChildren(h("fieldset", { "aria-describedby": hint ? hint.id : null },
      h("legend", n > 0 && h("span.cp-number", t("question", { n, of })), h("div.cp-stem", { html: item.stem })),
      hint, type === "matching" ? pairs() : type === "sequencing" ? steps() : item.options ? choices() : field()),
    rest);
  }

  draw();
  return { root, focus, present };
}

// ------------------------------------------------------------------ quiz

/** @param {HTMLElement} root @param {Json} data @param {Options} [options] @returns {() => void} */
export function mountQuiz(root, data, options = {}) {
  if (data.purpose !== "practice") return mountGraded(root, data, options);
  const k = kit(root, data, options);
  const { t } = k;
  let { state, changed } = resumeQuiz(data, options.state);
  const progress = h("div.cp-progress");
  const summary = h("div");
  let views = [];

  function draw() {
    views = data.items.map((item, n) =>
      itemView(k, item, "practice", state, (type) => heard(type, item), n + 1, data.items.length));
    k.body.replaceChildren(
      h("div.cp-head", k.title(), data.intro && h("div", { html: data.intro }), progress),
      h("div.cp-items", views.map((view) => view.root)), summary);
    sync();
  }

  function sync() {
    const items = countable(data);
    const n = items.filter((item) => state.checked[item.id]).length;
    progress.replaceChildren(...(items.length ? progressOf(k, n, items.length) : []));
    const { raw, max } = scoreQuiz(data, state.responses);
    summary.replaceChildren(...(state.finished ? [h("section.cp-card", k.heading(1, t("quiz_done")),
      max > 0 && h("p.cp-score", t("points", { n: neat(raw), of: max })),
      h("p", t("quiz_done_note")), k.actions(k.button("restart", restart)))] : []));
  }

  function heard(type, item) {
    const before = state.finished;
    state.finished = isFinished(data, state);
    sync();
    if (item.type === "reflection") return k.keep(state);
    const response = own(state.responses, item.id);
    k.emit(type === "check" ? type : "response", state, {
      item: item.id, response, ...(type === "check" && { score: itemPoints(item, response) }),
    });
    if (state.finished && !before) k.emit("finish", state, { score: scoreQuiz(data, state.responses) });
  }

  /** Begin anew; the learner's own words stay. */
  function restart() {
    const words = data.items.filter((item) => item.type === "reflection")
      .map((item) => [item.id, state.responses[item.id]]);
    state = resumeQuiz(data, { responses: Object.fromEntries(words) }).state;
    draw();
    k.emit("restart", state);
    k.say(t("restarted"));
    views[0].focus();
  }

  draw();
  if (changed) {
    k.warn("quiz_changed");
    k.keep(state);
  }
  return k.stop;
}

// ------------------------------------------------------------------ scenario

/** @param {HTMLElement} root @param {Json} data @param {Options} [options] @returns {() => void} */
export function mountScenario(root, data, options = {}) {
  const k = kit(root, data, options);
  const { t } = k;
  const { state, changed } = resumeScenario(data, options.state);
  let begun = state.steps.length > 0;

  const titleOf = (id, n) => data.nodes[id].ending?.title || data.nodes[id].title || t("scene", { n });
  const chosen = (step) => byId(data.nodes[step.node].choices || [], step.choice);
  const says = (title, html) => h("div.cp-bubble", h("strong", title), h("span", { html }));
  const disc = (person) =>
    h(`span.cp-disc.cp-disc-${data.cast.indexOf(person) % 4}`, { "aria-hidden": "true" }, person.initials);
  const badge = (level) => h(`p.cp-badge.cp-${level}`, icon(level), t(`support.${level}`));

  /** The card at the beginning, a scene with or without what a choice led to, or an ending. */
  function draw(focus) {
    const path = play(data, state.steps);
    const n = path.used - (state.after ? 1 : 0);
    const ends = data.nodes[path.nodes[n]].kind === "ending";
    k.body.replaceChildren(begun ? k.title() : "", h("div.cp-stage", !begun ? opening()
      : [soFar(path, n), ends ? ending(path) : scene(path, n), foot()]));
    if (focus) focusOn(k.body.querySelector("[data-focus]"));
  }

  function opening() {
    return h("div.cp-card", { "data-focus": "" }, k.title(),
      h("p.cp-small", t("minutes", { n: data.minutes })),
      h("div.cp-scene", { html: data.summary }), h("div.cp-scene", { html: data.role }),
      data.content_note && notice(h("strong", t("content_note")), h("div", { html: data.content_note })),
      h("p.cp-small", t("cast")),
      h("ul.cp-cast", data.cast.map((p) => h("li", disc(p), h("span", h("strong", p.name), h("span", p.about))))),
      k.actions(k.button("begin", () => {
        begun = true;
        draw(true);
      }, "main")));
  }

  function scene(path, n) {
    const id = path.nodes[n];
    const node = data.nodes[id];
    const step = state.after ? state.steps[n] : null;
    const choice = step && chosen(step);
    const ask = `${k.uid}-ask`;
    return h("div.cp-card", node.title && h("p.cp-kicker", t("scene", { n: n + 1 })),
      k.heading(1, { class: "cp-scene-title", [choice ? "id" : "data-focus"]: "" }, titleOf(id, n + 1)),
      gauges(path.meters[path.used]), h("div.cp-scene", { html: node.scene }), lines(node),
      node.ask && h("p.cp-ask", { id: ask, html: node.ask }),
      choice ? after(choice, path, n)
        : node.kind === "item" ? question(id, node.item, step)
          : node.kind === "passage" ? k.actions(k.button("go_on", () => pass({ node: id }), "main"))
            : h("div.cp-choices", { role: "group", "aria-labelledby": ask }, node.choices.map((c) =>
              h("button.cp-choice", { html: c.text, click: () => take({ node: id, choice: c.id }) }))));
  }

  function after(choice, path, n) {
    return [
      h("ul.cp-lines", h("li.cp-mine", says(t("you"), choice.text))),
      k.heading(2, { "data-focus": "" }, t("what_happens")),
      h("div.cp-scene", { html: choice.consequence }),
      moves(path, n).map((text) => h("p.cp-moved", text)),
      h(`div.cp-outcome.cp-${choice.support}`, verdict(choice.support, t(`support.${choice.support}`)),
        h("div", { html: choice.feedback }), basisOf(k, choice)),
      k.actions(k.button("go_on", goOn, "main")),
    ];
  }

  function question(id, item, step) {
    const own = { responses: {}, checked: {}, shown: {} };
    const message = h("p.cp-message");
    const go = k.actions(k.button("go_on", () => {
      const response = own.responses[item.id];
      if (step) goOn();
      else if (isValid(item, response)) {
        // A reflection is the learner's own: the path only tells that there was one.
        pass({ node: id, response: item.type === "reflection" ? "-" : response });
      } else {
        message.textContent = t(`nothing.${item.type}`);
        k.say(message.textContent);
      }
    }, "main"));
    go.hidden = !step && scored(item.type);
    if (step) {
      own.responses[item.id] = step.response;
      own.checked[item.id] = true;
    }
    return [itemView(k, item, "scenario", own, (type) => {
      if (type !== "check" || !scored(item.type)) return;
      go.hidden = false;
      step = { node: id, response: own.responses[item.id] };
      add(step, true);
      k.body.querySelector(".cp-foot").replaceWith(foot());
    }).root, message, go];
  }

  const gauges = (now) => data.meters.length > 0 && h("ul.cp-meters", data.meters.map((m) => {
    const dots = Math.min(m.max - m.min, 6);
    const full = Math.round(((now[m.id] - m.min) / (m.max - m.min)) * dots);
    return h("li", h("span", meterText(m, now[m.id])), h("span.cp-dots", { "aria-hidden": "true" },
      Array.from({ length: dots }, (_, n) => h(n < full ? "i.cp-on" : "i"))));
  }));
  const meterText = (m, value) => t(m.words.length ? "meter" : "meter_bare",
    { label: m.label, word: meterWord(m, value), n: value - m.min, of: m.max - m.min });
  const moves = (path, n) => data.meters.map((m) => {
    const [before, now] = [path.meters[n][m.id], path.meters[n + 1][m.id]];
    return now !== before && t(now > before ? "meter_up" : "meter_down", { meter: meterText(m, now) });
  }).filter(Boolean);
  const lines = (node) => node.lines.length > 0 && h("ul.cp-lines", node.lines.map((line) => {
    const person = byId(data.cast, line.who);
    return h("li", disc(person), says(person.name, line.says));
  }));
  const soFar = (path, n) => n > 0 && !state.finished && h("details.cp-sofar", h("summary", t("so_far")),
    h("ol", state.steps.slice(0, n).map((step, at) => {
      const choice = chosen(step);
      return h("li", h("strong", titleOf(step.node, at + 1)),
        choice && h("span", t("you_chose"), " ", h("span", { html: choice.text })));
    })));
  const foot = () => h("div.cp-actions.cp-foot", state.steps.length > 0 && k.button("step_back", back),
    state.finished && k.button("play_again", again));

  function ending(path) {
    const node = data.nodes[path.at];
    const level = { good: "well", mixed: "partly", poor: "poorly" }[node.ending.kind];
    return [h(`div.cp-card.cp-ending.cp-${level}`,
      h("p.cp-kicker", icon(level), t(`ending.${node.ending.kind}`)),
      k.heading(1, { class: "cp-scene-title", "data-focus": "" }, node.ending.title),
      gauges(path.meters[path.used]), h("div.cp-scene", { html: node.scene }), lines(node),
      k.heading(2, t("debrief")), h("div.cp-scene", { html: node.debrief }),
      path.max > 0 && h("p.cp-score", t("path_points", { n: neat(path.raw), of: path.max }))),
    compare(path), map(path)];
  }

  function compare(path) {
    const best = play(data, data.best);
    const column = (title, steps, way, mine) => h("div", k.heading(3, t(title)), h("ol", steps.map((step, n) => {
      const { kind, item, choices } = data.nodes[step.node];
      const choice = chosen(step);
      const better = mine && choice && choice.support !== "well" && choices.find((c) => c.support === "well");
      const { raw, max } = item ? itemPoints(item, step.response) : { raw: 0, max: 0 };
      return kind !== "passage" && h("li", h("span.cp-small", titleOf(step.node, n + 1)),
        choice && [h("p", { html: choice.text }), badge(choice.support)],
        better && h("p.cp-better", t("better"), " ", h("span", { html: better.text })),
        max > 0 && h("p", t("points", { n: neat(raw), of: max })));
    }), way.ending && h("li", h("span.cp-small", t("ends")), h("p", titleOf(way.ending)))));
    const same = best.nodes.join() === path.nodes.join() && best.choices.join() === path.choices.join();
    return h("section.cp-card", k.heading(2, t("paths")), same && h("p", t("same_path")),
      h("div.cp-columns", column("your_path", state.steps, path, true),
        !same && best.ending && column("best_path", data.best, best, false)));
  }

  /** All scenes in rows; those on the learner's way are filled, the ways between them thick. */
  function map(path) {
    const depth = layers(data);
    const names = [...depth.keys()];
    const rows = [];
    for (const [id, row] of depth) (rows[row] = rows[row] || []).push(id);
    const [wide, high, r] = [84, 74, 17];
    const width = Math.max(...rows.map((row) => row.length)) * wide;
    const spot = (id) => {
      const row = rows[depth.get(id)];
      return [width / 2 + (row.indexOf(id) - (row.length - 1) / 2) * wide, high * depth.get(id) + r + 6];
    };
    const gone = path.nodes.slice(1).map((id, n) => `${path.nodes[n]} ${id}`);
    const edges = names.flatMap((from) => onward(data.nodes[from]).map((to) => {
      const [[x, y], [u, v]] = [spot(from), spot(to)];
      // Ways down bend round the scenes that they pass; ways back swing out to the side.
      const down = v > y;
      const bow = down ? (v - y > high ? (u <= x ? -26 : 26) : 0) : wide / 1.6;
      const lean = down ? high / 2 : 24;
      return svg("path", {
        d: `M${x} ${y}C${x + bow} ${y + lean} ${u + bow} ${v - lean} ${u} ${v}`,
        class: gone.includes(`${from} ${to}`) ? "cp-edge cp-on" : "cp-edge",
      });
    })).sort((a, b) => a.classList.length - b.classList.length);
    const spots = names.map((id, n) => {
      const [x, y] = spot(id);
      const shape = data.nodes[id].kind === "ending"
        ? svg("rect", { x: x - r, y: y - r, width: 2 * r, height: 2 * r, rx: 5 })
        : svg("circle", { cx: x, cy: y, r });
      return svg("g", { class: path.nodes.includes(id) ? "cp-spot cp-on" : "cp-spot" }, shape,
        svg("text", { x, y: y + 5, "text-anchor": "middle" }, `${n + 1}`));
    });
    const label = t("map_label", { n: new Set(path.nodes).size, of: names.length });
    return h("section.cp-card", k.heading(2, t("map")), h("figure", svg("svg", {
      class: "cp-map", role: "img", "aria-label": label, width: width + 60,
      viewBox: `-30 0 ${width + 60} ${(rows.length - 1) * high + 2 * r + 12}`,
    }, ...edges, ...spots), h("figcaption", h("p", label, " ", t("map_key")), h("ol.cp-way", path.nodes.map((id, n) =>
      h("li", h("b", names.indexOf(id) + 1), titleOf(id, n + 1)))))));
  }

  /** Take a step, where it fits. */
  function add(step, after) {
    const steps = [...state.steps, step];
    const path = play(data, steps);
    if (path.used < steps.length) return;
    Object.assign(state, { steps, after });
    k.emit("step", state, { item: step.node, response: step.choice || step.response });
    arrive(path);
  }

  function arrive(path) {
    state.finished = !!path.ending && !state.after;
    if (!state.finished) return k.keep(state);
    // A service hears of the first ending of a play; stepping back is for looking around.
    if (k.base !== null && !state.sent) {
      state.unsent.push({ id: uuid(), version: data.version, steps: state.steps });
      state.sent = true;
    }
    k.emit("finish", state, { score: { raw: path.raw, max: path.max } });
    send();
  }

  function take(step) {
    add(step, true);
    draw(true);
    const path = play(data, state.steps);
    k.say([t(`support.${chosen(step).support}`), ...moves(path, path.used - 1)].join(". "));
  }

  function pass(step) {
    add(step, false);
    draw(true);
  }

  function goOn() {
    state.after = false;
    arrive(play(data, state.steps));
    draw(true);
    k.say("");
  }

  function back() {
    Object.assign(state, { steps: state.steps.slice(0, -1), after: false, finished: false });
    k.emit("back", state);
    draw(true);
    k.say(t("stepped_back"));
  }

  function again() {
    Object.assign(state, { steps: [], finished: false, sent: false });
    begun = false;
    k.emit("restart", state);
    draw(true);
    k.say(t("restarted"));
  }

  /** Hand finished plays to the service, quietly, where there is one and the learner has joined. */
  async function send() {
    try {
      if (!state.unsent.length) return;
      const api = await serviceOf(k.base);
      const joined = api && (await call(`${api}/me`)).body.learner;
      for (const one of [...state.unsent]) {
        const address = `${api}/attempts/${encodeURIComponent(one.id)}`;
        const about = { activity: data.id, kind: "scenario", version: one.version };
        if (joined && (await call(address, "PUT", about)).ok) {
          await call(`${address}/submit`, "POST", { steps: one.steps });
        }
        state.unsent = state.unsent.filter((other) => other !== one);
        k.keep(state);
      }
    } catch {
      // The network or the service failed: what is left waits for the next visit.
    }
  }

  draw(false);
  if (changed) {
    k.warn("scenario_changed");
    k.keep(state);
  }
  if (k.base !== null) {
    k.listen("online", send);
    send();
  }
  return k.stop;
}

// ------------------------------------------------------------------ reflection

/** A place to write that stays on the device; its words are in no event.
 * @param {HTMLElement} root @param {Json} data @param {Options} [options] @returns {() => void} */
export function mountReflection(root, data, options = {}) {
  const prompt = data.prompt ? [h("div", { html: data.prompt })] : [...root.childNodes];
  const k = kit(root, data, options);
  const { t } = k;
  let gone = "";
  let timer = 0;
  const status = h("p.cp-hint");
  const text = isMap(options.state) && isText(options.state.text) ? options.state.text : "";
  const area = h("textarea", { id: `${k.uid}-text`, rows: 5, value: text, input() {
    clearTimeout(timer);
    timer = setTimeout(save, 400);
  } });
  const remove = k.button("reflection.delete", () => change(""));
  const undo = k.button("reflection.undo", () => change(gone));

  function save() {
    clearTimeout(timer);
    timer = 0;
    k.keep({ text: area.value, at: new Date().toISOString() });
    status.textContent = t("reflection.saved");
    sync();
  }

  function change(now) {
    [gone, area.value] = [area.value, now];
    save();
    k.say(t(now ? "reflection.restored" : "reflection.deleted"));
    area.focus();
  }

  function sync() {
    remove.hidden = !area.value;
    undo.hidden = !!area.value || !gone;
  }

  const flush = () => timer && save();
  k.body.replaceChildren(...prompt, h("div.cp-field", h("label", { for: area.id }, t("your_words")), area),
    h("p.cp-hint", t("private")), status, k.actions(remove, undo));
  sync();
  k.listen("pagehide", flush);
  return () => {
    flush();
    k.stop();
  };
}

// ------------------------------------------------------------------ the service

/** Ask the service. A refusal is an answer; a failure, of the network or the service, throws. */
async function call(address, method = "GET", body) {
  const answer = await fetch(address, {
    method, cache: "no-store",
    ...(body && { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
  });
  const { ok, status } = answer;
  if (status >= 500 || (status === 429 && method === "PUT")) throw new Error(`${status}`);
  const content = await answer.json().catch(() => ({}));
  return { ok, status, body: isMap(content) ? content : {} };
}

/** Where the service is that this site names, an empty string where it has none. */
async function serviceOf(base) {
  const { body } = await call(`${base}host.json`);
  return isText(body.service) ? base + body.service : "";
}

/** A graded quiz. Only few pages have one, so that what talks to the service is a file of its own.
 * @param {HTMLElement} root @param {Json} data @param {Options} [options] @returns {() => void} */
export function mountGraded(root, data, options = {}) {
  const k = kit(root, data, options);
  k.body.replaceChildren(k.title(), h("p", k.t(k.base === null ? "graded.no_service" : "graded.looking")));
  if (k.base !== null) {
    import("./graded.js")
      .then(({ graded }) => k.abort.signal.aborted || graded(k, options.state, PARTS))
      .catch(() => k.warn("graded.unreachable"));
  }
  return k.stop;
}

const PARTS = {
  h, own, isMap, isValid, countable, itemView, verdict, progressOf, neat, uuid, focusOn, call, serviceOf, isNewer,
};

// ------------------------------------------------------------------ elements

/** Private windows, full disks and broken data are no error. */
const quietly = (doing, otherwise) => {
  try {
    return doing();
  } catch {
    return otherwise;
  }
};
const readJson = (where, selector) => quietly(() => JSON.parse(where.querySelector(selector).textContent), null);

/** @type {any} */
const Base = globalThis.HTMLElement || Object;

/** An element that mounts an activity on its data; without data its readable version stays. */
const elementOf = (mount, load) => class extends Base {
  connectedCallback() {
    if (!this.data) this.data = load(this);
    if (!this.data || this.newer) return;
    const strings = readJson(document, "script.course-strings");
    if (isNewer(this.data)) return this.prepend((this.newer = newer(strings)));
    const name = `collabcomm:${document.documentElement.dataset.course}:${this.data.kind}:${this.data.id}`;
    this.stop = mount(this, this.data, {
      root: this.getAttribute("root"),
      heading: Number(this.getAttribute("heading")),
      strings,
      state: quietly(() => JSON.parse(localStorage.getItem(name)), null),
      onState: (state) => quietly(() => localStorage.setItem(name, JSON.stringify(state)), false) !== false,
    });
  }

  disconnectedCallback() {
    if (this.stop) this.stop();
  }
};

const fromScript = (element) => readJson(element, 'script[type="application/json"]');

export const CourseQuiz = elementOf(mountQuiz, fromScript);
export const CourseScenario = elementOf(mountScenario, fromScript);
export const CourseReflection = elementOf((root, data, options) => {
  root.replaceChildren(...data.prompts);
  return mountReflection(root, data, options);
}, (element) => ({
  kind: "reflection", id: element.getAttribute("name"), prompts: [...element.childNodes],
}));

for (const [name, element] of [["quiz", CourseQuiz], ["scenario", CourseScenario], ["reflection", CourseReflection]]) {
  const registry = globalThis.customElements;
  if (registry && !registry.get(`course-${name}`)) registry.define(`course-${name}`, element);
}

// ------------------------------------------------------------------ anywidget

/** @param {{model: any, el: HTMLElement}} view */
function render({ model, el }) {
  let last = "";
  let stop = () => {};
  const stateOf = () => JSON.stringify(model.get("state") || {});
  const mount = () => {
    stop();
    const data = model.get("data");
    last = stateOf();
    if (isNewer(data)) return el.replaceChildren(newer(data.strings));
    stop = (data.kind === "scenario" ? mountScenario : mountQuiz)(el, data, {
      state: model.get("state"),
      onEvent: (event) => model.send({ event }),
      onState(state) {
        // What is synced reaches the kernel; the learner's own words stay in the browser.
        const shared = withoutReflections(data, state);
        last = JSON.stringify(shared);
        model.set("state", shared);
        model.save_changes();
      },
    });
  };
  // Another view of the same model, or the kernel, may have moved on.
  const moved = () => stateOf() !== last && mount();
  model.on("change:data", mount);
  model.on("change:state", moved);
  mount();
  return () => {
    model.off("change:data", mount);
    model.off("change:state", moved);
    stop();
  };
}

export default { render };
