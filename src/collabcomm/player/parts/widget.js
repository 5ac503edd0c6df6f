/**
 * The player as a widget in notebooks: content in, state out, both synced by anywidget, which loads
 * it from a blob, so that it is one script with all its parts.
 */

import { mountScenario } from "./card.js";
import { isNewer, newer } from "./format.js";
import { mountQuiz } from "./quiz.js";
import { Story } from "./story.js";
import { withoutReflections } from "./state.js";

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
      story: { Story },
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
