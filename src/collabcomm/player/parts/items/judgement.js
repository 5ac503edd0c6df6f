/** Options weighed by how well the evidence supports them.
 * @import { JudgementItem } from "../../types.d.ts"
 * @import { ItemType } from "./base.js" */

import { BASE } from "./base.js";
import { onePick, optionList, verdictOfPick } from "./options.js";

/** @type {ItemType<JudgementItem>} */
export const judgement = {
  ...BASE,
  hasHint: true,
  tellsOptions: true,
  picks: onePick,
  controls: (view) => optionList(view, "radio"),
  verdict: verdictOfPick,
};
