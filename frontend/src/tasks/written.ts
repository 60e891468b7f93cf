/** What people write into a field, as what it means; text that means nothing goes to the lab as it is, which says why. Pure. */

/** Thousands set apart by commas: where a comma is a decimal point they would be thousandths, so nobody guesses. */
const THOUSANDS = /^[1-9]\d{0,2}(,\d{3})+$/;

/** The number in a text, with a point or a comma; else the text. */
export function numberIn(text: string): number | string {
  const said = text.trim();
  if (said === "" || THOUSANDS.test(said)) return said;
  const number = Number(said.replace(",", "."));
  return Number.isFinite(number) ? number : said;
}

/** Words with commas between them. */
export const wordsIn = (text: string): string[] => text.split(",").map((word) => word.trim()).filter((word) => word !== "");
