/**
 * The card before a story. What plays it is a script of its own, which a page loads when the learner
 * begins, or has begun.
 *
 * @import { Person, Scenario } from "../types.d.ts"
 * @import { Options } from "./kit.js"
 */

import { focusOn, h, notice } from "./dom.js";
import { Kit } from "./kit.js";
import { isMap } from "./values.js";

/** @param {HTMLElement} root @param {Scenario} data @param {Options} [options]
 * @returns {() => void} what takes it away */
export function mountScenario(root, data, options = {}) {
  const kit = new Kit(root, data, options);
  const state = isMap(options.state) ? options.state : {};
  const play = () =>
    Promise.resolve(options.story ?? import("./story.js")).then(
      ({ Story }) => kit.abort.signal.aborted || new Story(kit, begins),
      () => {
        // Not every browser asks again for a script that failed.
        const again = kit.button("retry", () => location.reload());
        const missing = notice(h("p", kit.t("not_loaded")), kit.actions(again));
        kit.body.replaceChildren(kit.title(), missing);
        focusOn(missing);
      },
    );
  // Plays that could not be sent are sent by the script, too.
  const begins = !state.steps?.length && !state.unsent?.length;
  if (begins) kit.body.replaceChildren(h("div.cp-stage", opening(kit, play)));
  else play();
  return kit.stop;
}

/** Who somebody is. @param {Kit<Scenario>} kit @param {() => unknown} begin */
export function opening(kit, begin) {
  const { data, t } = kit;
  return h(
    "div.cp-card",
    { "data-focus": "" },
    kit.title(),
    h("p.cp-small", t("minutes", { n: data.minutes })),
    h("div.cp-scene", { html: data.summary }),
    h("div.cp-scene", { html: data.role }),
    data.content_note &&
      notice(h("strong", t("content_note")), h("div", { html: data.content_note })),
    h("p.cp-small", t("cast")),
    h(
      "ul.cp-cast",
      data.cast.map((person) =>
        h("li", disc(data, person), h("span", h("strong", person.name), h("span", person.about)))
      ),
    ),
    kit.actions(kit.button("begin", begin, "main")),
  );
}

/** @param {Scenario} data @param {Person} person */
export const disc = ({ cast }, person) =>
  h(`span.cp-disc.cp-disc-${cast.indexOf(person) % 4}`, { "aria-hidden": "true" }, person.initials);
