/**
 * A quiz for practice; a graded one is handed on.
 *
 * @import { Item, Quiz } from "../types.d.ts"
 * @import { Options } from "./kit.js"
 */

import { focusOn, h, neat } from "./dom.js";
import { ItemView } from "./item.js";
import { typeOf } from "./items/index.js";
import { Kit } from "./kit.js";
import { itemPoints, scoreQuiz } from "./scoring.js";
import { countable, isFinished, resumeQuiz } from "./state.js";
import { own } from "./values.js";

/** @param {HTMLElement} root @param {Quiz} data @param {Options} [options]
 * @returns {() => void} what takes it away */
export function mountQuiz(root, data, options = {}) {
  if (data.purpose !== "practice") return mountGraded(root, data, options);
  return new PracticeQuiz(new Kit(root, data, options)).kit.stop;
}

class PracticeQuiz {
  /** @param {Kit<Quiz>} kit */
  constructor(kit) {
    const { state, changed } = resumeQuiz(kit.data, kit.options.state);
    this.kit = kit;
    this.state = state;
    this.progress = h("div.cp-progress");
    this.summary = h("div");
    /** @type {ItemView[]} */
    this.views = [];
    this.draw();
    if (changed) {
      kit.warn("quiz_changed");
      kit.keep(state);
    }
    this.again();
  }

  /** An address that names a question (`#QUIZ.ITEM`) asks it anew, once. */
  again() {
    const { id } = this.kit.data;
    const asked = this.views.find(({ item }) => location.hash === `#${id}.${item.id}`);
    if (!asked) return;
    history.replaceState(null, "", location.pathname + location.search);
    asked.retry();
    focusOn(asked.root);
  }

  draw() {
    const { kit, state } = this;
    const { intro, items } = kit.data;
    this.views = items.map((item, at) =>
      new ItemView(kit, item, "practice", state, {
        tell: (type) => this.heard(type, item),
        n: at + 1,
        of: items.length,
      })
    );
    kit.body.replaceChildren(
      h("div.cp-head", kit.title(), intro && h("div", { html: intro }), this.progress),
      h("div.cp-items", this.views.map((view) => view.root)),
      this.summary,
    );
    this.sync();
  }

  sync() {
    const { kit, state } = this;
    const items = countable(kit.data);
    const n = items.filter((item) => state.checked[item.id]).length;
    this.progress.replaceChildren(...(items.length ? kit.progress(n, items.length) : []));
    this.summary.replaceChildren(...(state.finished ? [this.result()] : []));
  }

  result() {
    const { kit } = this;
    const { raw, max } = scoreQuiz(kit.data, this.state.responses);
    return h(
      "section.cp-card",
      kit.heading(1, kit.t("quiz_done")),
      max > 0 && h("p.cp-score", kit.t("points", { n: neat(raw), of: max })),
      h("p", kit.t("quiz_done_note")),
      kit.actions(kit.button("restart", () => this.restart())),
    );
  }

  /** @param {string} type @param {Item} item */
  heard(type, item) {
    const { kit, state } = this;
    const before = state.finished;
    state.finished = isFinished(kit.data, state);
    this.sync();
    if (typeOf(item).isPrivate) return kit.keep(state);
    const response = own(state.responses, item.id);
    const isCheck = type === "check";
    kit.emit(isCheck ? type : "response", state, {
      item: item.id,
      response,
      ...(isCheck && { score: itemPoints(item, response) }),
    });
    if (state.finished && !before) {
      kit.emit("finish", state, { score: scoreQuiz(kit.data, state.responses) });
    }
  }

  /** Begin anew; the learner's own words stay. */
  restart() {
    const { kit } = this;
    const words = kit.data.items.filter((item) => typeOf(item).isPrivate)
      .map((item) => [item.id, this.state.responses[item.id]]);
    this.state = resumeQuiz(kit.data, { responses: Object.fromEntries(words) }).state;
    this.draw();
    kit.emit("restart", this.state);
    kit.say(kit.t("restarted"));
    this.views[0].focus();
  }
}

/** A graded quiz. Only few pages have one, so that what talks to the service is a script of its own.
 * @param {HTMLElement} root @param {Quiz} data @param {Options} options @returns {() => void} */
function mountGraded(root, data, options) {
  const kit = new Kit(root, data, options);
  const { t } = kit;
  kit.body.replaceChildren(
    kit.title(),
    h("p", t(kit.base === null ? "graded.no_service" : "graded.looking")),
  );
  if (kit.base !== null) {
    import("./graded.js")
      .then(({ graded }) => {
        if (!kit.abort.signal.aborted) graded(kit);
      })
      .catch(() => kit.warn("graded.unreachable"));
  }
  return kit.stop;
}
