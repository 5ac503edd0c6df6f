/** One key among several options. @import { SingleChoiceItem } from "../../types.d.ts"
 * @import { ItemType } from "./base.js" */

import { BASE } from "./base.js";
import { onePick, optionList, verdictOfPick } from "./options.js";

/** @type {ItemType<SingleChoiceItem>} */
export const singleChoice = {
  ...BASE,
  tellsOptions: true,
  picks: onePick,
  controls: (view) => optionList(view, "radio"),
  verdict: verdictOfPick,
};
