/**
 * Answers on their way to the service. They are stored at every change and sent again until the
 * queue is empty, so that a lost network loses nothing.
 *
 * @import { Item } from "../../types.d.ts"
 * @import { GradedQuiz, Waiting } from "../graded.js"
 */

import { h, uuid } from "../dom.js";
import { typeOf } from "../items/index.js";
import { call, serviceOf } from "../service.js";

const SEND_AFTER = 400; // ms
const LONGEST_WAIT = 60; // s
// A learner's answers are numbered from this second on, so that numbers stay small.
const EPOCH = 1.7e9;

export class Queue {
  /** @param {GradedQuiz} quiz */
  constructor(quiz) {
    this.quiz = quiz;
    this.status = h("p.cp-status", { role: "status" });
    this.timer = 0;
    this.wait = 0; // seconds until the next try, 0 where none has failed
    /** @type {Promise<void> | null} */
    this.sending = null;
    /** What becomes of an item whose answer was checked, by its id.
     * @type {Record<string, (result: any) => void>} */
    this.settle = {};
    const { kit } = quiz;
    kit.listen("online", () => this.count && this.send());
    kit.abort.signal.addEventListener("abort", () => clearTimeout(this.timer));
  }

  /** @returns {Record<string, Waiting>} */
  get entries() {
    return this.quiz.kept.queue;
  }

  get count() {
    return Object.keys(this.entries).length;
  }

  /** Why something is not accepted, where something is not. */
  get held() {
    return Object.values(this.entries).map((entry) => entry.held).find(Boolean);
  }

  /** Try again also what was not accepted. */
  release() {
    for (const entry of Object.values(this.entries)) delete entry.held;
  }

  /** Note what the learner answered. @param {Item} item @param {boolean} [final] it is to be checked */
  record(item, final = false) {
    const { kept, kit } = this.quiz;
    if (!typeOf(item).isPrivate) {
      // Seconds keep the order also when the learner goes on at another device.
      kept.seq = Math.max((Number(kept.seq) || 0) + 1, Math.floor(Date.now() / 1000) - EPOCH);
      kept.queue[item.id] = {
        id: uuid(),
        seq: kept.seq,
        response: kept.responses[item.id],
        at: new Date().toISOString(),
        ...(final && { final }),
      };
      this.tellStatus();
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.send(), SEND_AFTER);
      kit.tell("response", {}, { item: item.id });
    }
    this.quiz.keep();
  }

  tellStatus() {
    const { t } = this.quiz.kit;
    const [n, detail] = [this.count, this.held];
    const key = !n ? "graded.saved" : this.wait ? "graded.waiting" : "graded.saving";
    const text = detail ? t("graded.held", { detail }) : t(key, { n });
    if (this.status.textContent !== text) this.status.textContent = text;
    this.status.classList.toggle("cp-wait", !!(n && (this.wait || detail)));
  }

  /** Send what waits, one run at a time. */
  send() {
    clearTimeout(this.timer);
    this.sending ??= this.run().finally(() => (this.sending = null));
    return this.sending;
  }

  async run() {
    const { quiz } = this;
    try {
      quiz.api ||= await serviceOf(quiz.kit.base ?? "");
      for (let next; (next = Object.entries(this.entries).find(([, { held }]) => !held));) {
        await this.sendOne(...next);
        this.wait = 0;
        quiz.keep();
        this.tellStatus();
      }
    } catch {
      this.later();
    }
  }

  /** @param {string} id of the item @param {Waiting} entry */
  async sendOne(id, entry) {
    const { quiz } = this;
    const { kept } = quiz;
    const address = `${quiz.api}/attempts/${kept.attempt}/responses/${encodeURIComponent(id)}`;
    const answer = await call(address, "PUT", { ...entry });
    if (!answer.ok) {
      entry.held = answer.status === 401 ? quiz.kit.t("graded.again") : quiz.refusal(answer);
      return;
    }
    if (kept.queue[id] === entry) delete kept.queue[id];
    const { checked } = answer.body;
    if (!checked) return;
    kept.checked[id] = checked;
    kept.responses[id] = checked.response;
    this.settle[id]?.(checked);
  }

  /** Try again, at first after 2 seconds, at most every minute. */
  later() {
    if (this.quiz.kit.abort.signal.aborted) return;
    this.wait = Math.min((this.wait || 1) * 2, LONGEST_WAIT);
    this.tellStatus();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), this.wait * 1000);
  }
}
