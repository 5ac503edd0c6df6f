/** A meter in words, on every screen the same; `tests/cases/meters.json` holds Python to it too. */

/** The word for a value; words spread evenly over a meter's range.
 * @param {{min: number, max: number, words: string[]}} meter @param {number} value */
export function meterWord(meter, value) {
  const share = (value - meter.min) / (meter.max - meter.min + 1);
  return meter.words[Math.floor(share * meter.words.length)] || "";
}
