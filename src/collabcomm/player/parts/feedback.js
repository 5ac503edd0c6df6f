/**
 * What is said of an answer or a choice.
 *
 * @import { Choice, Item } from "../types.d.ts"
 * @import { Level } from "./items/base.js"
 * @import { Kit } from "./kit.js"
 */

import { h, icon } from "./dom.js";

/** @param {Level | "contested"} level @param {string} word */
export const verdictLine = (level, word) => h("p.cp-verdict", icon(level), h("strong", word));

/** What a key or a judgement rests on, with links where there is a book around.
 * @param {Kit} kit @param {Pick<Item | Choice, "basis" | "evidence">} part */
export function basisOf(kit, { basis, evidence = [] }) {
  const links = evidence.map(({ href, label }) =>
    h("li", kit.base !== null && href ? h("a", { href: kit.base + href }, label) : label)
  );
  return (basis || links.length > 0) && h(
    "div.cp-basis",
    basis && h(`span.cp-tag.cp-tag-${basis}`, kit.t(`basis.${basis}`)),
    h("ul", links),
  );
}
