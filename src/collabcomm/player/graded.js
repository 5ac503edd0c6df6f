// @ts-check
/**
 * A graded quiz: the service draws it, keeps the answers and scores them. `player.js` loads this file
 * where a page has such a quiz, and hands over what it draws with.
 *
 * `kept.queue` holds, by item, the answers that the service has not confirmed. It is stored at every
 * change and sent again until it is empty, so that a lost network loses nothing.
 *
 * @param {any} k the activity's kit
 * @param {any} state what the browser kept
 * @param {Record<string, any>} parts functions of `player.js`
 */
export function graded(k, state, parts) {
  const {
    h, own, isMap, isValid, countable, itemView, verdict, progressOf, neat, uuid, focusOn, call, serviceOf, isNewer,
  } = parts;
  const { t, data } = k;
  // A questionnaire is not passed or failed, and its key is not told.
  const asks = data.purpose === "questionnaire";
  const invited = /^#join=([\w-]{1,40})$/.exec(location.hash);
  // One device may serve several learners: what is kept is kept by learner.
  const stored = isMap(state) && isMap(state.learners) ? state : { learners: {} };
  const keep = () => k.keep(stored);
  const status = h("p.cp-status", { role: "status" });
  const problem = h("p.cp-message", { role: "alert" });
  /** @type {any[]} */
  let [api, me, kept, timer, wait, sending] = ["", null, { queue: {} }, 0, 0, null];
  /** What an answer that was checked looks like, by item. @type {Record<string, (result: any) => void>} */
  let settle = {};

  function open(learner) {
    const mine = own(stored.learners, learner);
    kept = { ...(isMap(mine) ? mine : {}) };
    for (const part of ["responses", "queue", "checked"]) if (!isMap(kept[part])) kept[part] = {};
    stored.learners[learner] = kept;
    stored.last = learner;
  }

  function screen(focus, ...content) {
    problem.textContent = "";
    k.body.replaceChildren(k.title(), ...content.flat().filter(Boolean));
    if (focus) focusOn(k.body.querySelector(".cp-result") || k.body.firstChild);
  }

  const refusal = ({ status, body }) => body.detail || t("graded.refused", { status });
  /** What a cohort settles goes before what the quiz says of itself. */
  const settled = (name) => (asks ? null : me?.cohort?.[name]) ?? data[name];
  const intro = () => [data.intro && h("div", { html: data.intro }), h("ul.cp-facts",
    h("li", t("graded.items", { n: data.draw })), !asks && h("li", t("graded.pass_mark", { n: settled("pass_mark") })),
    h("li", t(settled("attempts") ? "graded.attempts" : "graded.unlimited", { n: settled("attempts") })))];

  /** Do what a button asks; where the service cannot be reached, say so. */
  const attempt = (doing) => async (event) => {
    event?.preventDefault();
    problem.textContent = "";
    try {
      await doing();
    } catch {
      problem.textContent = t("graded.unreachable");
    }
  };
  const press = (key, doing, kind) => k.button(key, attempt(doing), kind);

  async function boot() {
    screen(false, intro(), h("p", { role: "status" }, t("graded.looking")));
    try {
      api = await serviceOf(k.base || "");
      if (!api) return screen(false, intro(), k.notice(h("p", t("graded.no_service"))));
      me = (await call(`${api}/me`)).body;
      await (me.learner ? overview(false) : join());
    } catch {
      // Out of reach: go on with what is here, or say so.
      if (stored.last) open(stored.last);
      if (isMap(kept.quiz) && Array.isArray(kept.quiz.items)) {
        questions(kept.quiz, false);
        later();
      } else {
        screen(false, intro(), h("p", { role: "status" }, t("graded.unreachable")),
          k.actions(k.button("graded.retry", boot, "main")));
      }
    }
  }

  function join(why = "") {
    const entry = (key, props) => {
      const id = `${k.uid}-${key}`;
      return h("div.cp-field", h("label", { for: id }, t(key)),
        h("input", { id, type: "text", "aria-describedby": `${id}-note`, ...props }),
        h("p.cp-hint", { id: `${id}-note` }, t(`${key}_note`)));
    };
    const code = entry("graded.code", { value: invited?.[1] || "", maxlength: 40, autocomplete: "off", autocapitalize: "characters", spellcheck: "false" });
    const name = entry("graded.name", { maxlength: 80, autocomplete: "name" });
    const [input, hint] = [name.querySelector("input"), name.querySelector(".cp-hint")];
    /** Whether a name is needed is known of a cohort only once its code has been tried. */
    const need = (needed) => {
      input.required = needed;
      hint.textContent = t(needed ? "graded.name_needed" : "graded.name_note");
    };
    code.addEventListener("input", () => need(false));
    screen(false, intro(), h("form.cp-card", { submit: attempt(async () => {
      const [typed, called] = [code, name].map((one) => one.querySelector("input").value.trim());
      const answer = typed && (await call(`${api}/join`, "POST", { code: typed, name: called || null }));
      if (answer && answer.ok) {
        me = answer.body;
        return overview(true);
      }
      problem.textContent = answer ? refusal(answer) : t("graded.no_code");
      need(!called && answer?.status === 422);
      (input.required ? input : code.querySelector("input")).focus();
    }) }, k.heading(1, t("graded.join")), h("p", t("graded.join_note")), code, name, problem,
    k.actions(h("button.cp-button.cp-main", { type: "submit" }, t("graded.join_button")))));
    problem.textContent = why;
  }

  /** What the learner has done so far, and what they can do now. */
  async function overview(focus) {
    open(me.learner.id);
    const answer = await call(`${api}/attempts?activity=${encodeURIComponent(data.id)}`);
    if (k.abort.signal.aborted) return;
    if (answer.status === 401) return join(t("graded.again"));
    const { attempts: all = [], left } = answer.body;
    const going = all.find((one) => one.status === "open");
    const past = all.filter((one) => one.status !== "open");
    const limited = typeof left === "number";
    screen(focus, intro(), h("div.cp-card", h("p",
      t("graded.who", { name: me.learner.name || t("graded.nameless"), cohort: me.cohort.name }), " ",
      press("graded.leave", leave, "link")),
    me.cohort.names === "pseudonyms" && h("p.cp-hint", t("graded.pseudonym")),
    past.length > 0 && [k.heading(1, t("graded.past")), h("ol.cp-past", past.map((one) => h("li", t(asks ? "graded.given" : "graded.one", {
      date: new Date(one.submitted).toLocaleDateString(data.lang, { dateStyle: "long" }),
      percent: neat(one.percent), passed: t(one.passed ? "graded.passed" : "graded.not_passed"),
    }), " ", !asks && press("graded.look", () => enter(one.id), "link"))))],
    limited && h("p", t("graded.left", { n: left })),
    past.length > 0 && h("p", h("a", { href: `${api}/me/record`, download: `record-${me.cohort.code}.json` }, t("graded.record"))),
    problem,
    k.actions(going ? press(asks ? "go_on" : "graded.resume", () => enter(going.id), "main")
      : (!limited || left > 0) && press(asks ? "begin" : "graded.start", () => enter(), "main"))));
    if (!answer.ok) problem.textContent = refusal(answer);
  }

  async function leave() {
    if (Object.keys(kept.queue).length) {
      problem.textContent = t("graded.leave_waiting");
      return;
    }
    await call(`${api}/leave`, "POST", {});
    delete stored.learners[me.learner.id];
    delete stored.last;
    keep();
    join();
  }

  /** Open an attempt, or start one under an id kept before it is sent: asking again after a lost
   * answer starts no second one. */
  async function enter(id) {
    if (!id && !kept.starting) kept.starting = uuid();
    keep();
    const answer = await (id ? call(`${api}/attempts/${id}`) : call(`${api}/attempts/${kept.starting}`, "PUT",
      { activity: data.id, kind: "quiz", version: data.version }));
    delete kept.starting;
    const { quiz, result, responses } = answer.body;
    if (!answer.ok) problem.textContent = refusal(answer);
    else if (quiz && isNewer(quiz)) problem.textContent = t("newer");
    else if (result) ended(answer.body);
    else {
      if (kept.attempt !== answer.body.id) Object.assign(kept, { queue: {}, responses: {} });
      kept.checked = Object.fromEntries((answer.body.checked || []).map((item) => [item.id, item]));
      kept.atOnce = me.cohort.feedback === "at-once" && !asks;
      const waiting = Object.entries(kept.queue).map(([item, entry]) => [item, entry.response]);
      Object.assign(kept, { attempt: answer.body.id, quiz,
        responses: { ...kept.responses, ...responses, ...Object.fromEntries(waiting) } });
      for (const entry of Object.values(kept.queue)) delete entry.held;
      questions(quiz, true);
      send();
    }
    keep();
  }

  function questions(quiz, focus) {
    const of = quiz.items.length;
    const panel = h("div");
    const progress = h("div.cp-progress");
    const open = () => countable(quiz).filter((item) => !isValid(item, own(kept.responses, item.id)));
    settle = {};
    const sync = () => {
      const all = countable(quiz).length;
      progress.replaceChildren(...progressOf(k, all - open().length, all));
    };
    const views = quiz.items.map((item, n) => {
      const view = itemView(k, item, "graded", { responses: kept.responses }, () => {
        record(item);
        panel.replaceChildren();
        sync();
      }, n + 1, of);
      return { ...view, root: kept.atOnce && item.type !== "likert" && item.type !== "reflection"
        ? checkable(item, view, n + 1, of) : view.root };
    });
    screen(focus, progress, h("div.cp-items", views.map((view) => view.root)), status,
      k.actions(k.button("graded.review", review, "main")), panel);
    sync();
    tellStatus();

    /** What is still open, and the last question before all is sent. */
    function review() {
      const id = `${k.uid}-sure`;
      const close = () => {
        panel.replaceChildren();
        views[0].focus();
      };
      const box = h("div.cp-card.cp-confirm", {
        role: "alertdialog", "aria-labelledby": id, "aria-describedby": `${id}-note`,
        keydown: (event) => event.key === "Escape" && close(),
      }, k.heading(1, { id }, t("graded.sure")),
      h("p", t(open().length ? "graded.unanswered" : "graded.all_answered")),
      h("ul.cp-past", open().map((item) => {
        const n = quiz.items.indexOf(item);
        return h("li", h("button.cp-button.cp-link", { click: views[n].focus }, t("question", { n: n + 1, of })));
      })), h("p", { id: `${id}-note` }, t("graded.sure_note")), problem,
      k.actions(press("graded.submit", submit, "main"), k.button("graded.back", close)));
      panel.replaceChildren(box);
      focusOn(box);
    }
  }

  /** An item whose feedback shows as soon as its answer is checked; then the answer stays. */
  function checkable(item, view, n, of) {
    const message = h("p.cp-message", { role: "alert" });
    const box = h("div", view.root, message, k.actions(k.button("check", () => {
      const ready = isValid(item, own(kept.responses, item.id));
      message.textContent = ready ? "" : t(`nothing.${item.type}`);
      if (ready) record(item, true);
    })));
    settle[item.id] = (result) => {
      const held = box.contains(document.activeElement);
      const told = itemView(k, result, "result", { responses: { [item.id]: result.response } }, undefined, n, of);
      box.replaceChildren(told.root);
      if (held) told.present();
    };
    const before = own(kept.checked, item.id);
    if (before) settle[item.id](before);
    return box;
  }

  function record({ id, type }, final = false) {
    if (type !== "reflection") {
      // Seconds keep the order also when the learner goes on at another device.
      kept.seq = Math.max((Number(kept.seq) || 0) + 1, Math.floor(Date.now() / 1000) - 1.7e9);
      kept.queue[id] = { id: uuid(), seq: kept.seq, response: kept.responses[id], at: new Date().toISOString(),
        ...(final && { final }) };
      tellStatus();
      clearTimeout(timer);
      timer = setTimeout(send, 400);
      k.tell("response", {}, { item: id });
    }
    keep();
  }

  const held = () => Object.values(kept.queue).map((entry) => entry.held).find(Boolean);

  function tellStatus() {
    const n = Object.keys(kept.queue).length;
    const text = held() ? t("graded.held", { detail: held() })
      : t(!n ? "graded.saved" : wait ? "graded.waiting" : "graded.saving", { n });
    if (status.textContent !== text) status.textContent = text;
    status.classList.toggle("cp-wait", !!(n && (wait || held())));
  }

  /** Send what waits, one run at a time. */
  function send() {
    clearTimeout(timer);
    sending = sending || run().finally(() => (sending = null));
    return sending;
  }

  async function run() {
    try {
      api = api || (await serviceOf(k.base));
      for (let next; (next = Object.entries(kept.queue).find(([, entry]) => !entry.held)); ) {
        const [item, { ...entry }] = next;
        const answer = await call(`${api}/attempts/${kept.attempt}/responses/${encodeURIComponent(item)}`, "PUT", entry);
        if (!answer.ok) next[1].held = answer.status === 401 ? t("graded.again") : refusal(answer);
        else if (kept.queue[item] === next[1]) delete kept.queue[item];
        const { checked } = answer.body;
        if (answer.ok && checked) {
          kept.checked[item] = checked;
          kept.responses[item] = checked.response;
          if (settle[item]) settle[item](checked);
        }
        wait = 0;
        keep();
        tellStatus();
      }
    } catch {
      later();
    }
  }

  /** Try again, at first after 2 seconds, at most every minute. */
  function later() {
    if (k.abort.signal.aborted) return;
    wait = Math.min((wait || 1) * 2, 60);
    tellStatus();
    clearTimeout(timer);
    timer = setTimeout(send, wait * 1000);
  }

  async function submit() {
    problem.textContent = t("graded.sending");
    for (const entry of Object.values(kept.queue)) delete entry.held;
    if (sending) await sending;
    await send();
    if (held()) problem.textContent = t("graded.held", { detail: held() });
    else if (Object.keys(kept.queue).length) problem.textContent = t("graded.not_yet");
    else {
      const answer = await call(`${api}/attempts/${kept.attempt}/submit`, "POST", {});
      if (!answer.ok) {
        problem.textContent = refusal(answer);
        return;
      }
      ended(answer.body);
      const { raw, max, passed } = answer.body.result;
      k.tell("finish", { finished: true }, { score: { raw, max }, passed });
    }
  }

  function ended({ id, result }) {
    if (kept.attempt === id) {
      Object.assign(kept, { attempt: null, quiz: null, responses: {}, queue: {}, checked: {} });
      keep();
    }
    const { raw, max, percent, items, pass_mark: mark } = result;
    if (asks) {
      return screen(true, h("div.cp-card.cp-result", k.heading(1, t("graded.thanks")),
        h("p", t("graded.thanks_note")), problem));
    }
    const level = result.passed === false ? "partly" : "well";
    const responses = Object.fromEntries(items.map((item) => [item.id, item.response]));
    screen(true, h(`div.cp-card.cp-result.cp-${level}`, k.heading(1, t("graded.result")),
      verdict(level, t(level === "well" ? "graded.passed" : "graded.not_passed")),
      h("p.cp-score", t("graded.percent", { n: neat(percent) })),
      h("p", t("points", { n: neat(raw), of: neat(max) }), " · ", t("graded.pass_mark", { n: mark })),
      h("p.cp-hint", t("graded.scored")), result.shown === false && h("p", t("graded.later")), problem, k.actions(press("graded.overview", () => overview(true)))),
    h("div.cp-items", items.map((item, n) =>
      itemView(k, item, "result", { responses }, undefined, n + 1, items.length).root)));
  }

  k.listen("online", () => Object.keys(kept.queue).length && send());
  k.abort.signal.addEventListener("abort", () => clearTimeout(timer));
  boot();
}
