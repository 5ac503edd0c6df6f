/**
 * The types of items by the name that player JSON has for them. Made from engine/items/ by
 * `collabcomm schema`: a file there and one here, and a new type has its line.
 *
 * @import { Item } from "../../types.d.ts"
 * @import { ItemType } from "./base.js"
 */

import { singleChoice } from "./choice.js";
import { composition } from "./composition.js";
import { judgement } from "./judgement.js";
import { likert } from "./likert.js";
import { matching } from "./matching.js";
import { multipleResponse } from "./multiple.js";
import { reflection } from "./reflection.js";
import { sequencing } from "./sequencing.js";
import { shortText } from "./short_text.js";

/** @type {Record<Item["type"], ItemType<any>>} */
export const ITEMS = {
  "single-choice": singleChoice,
  "composition": composition,
  "judgement": judgement,
  "likert": likert,
  "matching": matching,
  "multiple-response": multipleResponse,
  "reflection": reflection,
  "sequencing": sequencing,
  "short-text": shortText,
};

/** @param {Item} item @returns {ItemType<any>} */
export const typeOf = (item) => ITEMS[item.type];
