/** A self-rating, never scored; to choose is to answer.
 * @import { LikertItem } from "../../types.d.ts"
 * @import { ItemType } from "./base.js" */

import { BASE } from "./base.js";
import { onePick, optionList } from "./options.js";

/** @type {ItemType<LikertItem>} */
export const likert = {
  ...BASE,
  isScored: false,
  checksAtOnce: true,
  picks: onePick,
  controls: (view) => optionList(view, "radio"),
};
