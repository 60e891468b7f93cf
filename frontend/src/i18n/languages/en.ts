/** Everything that the page says in English, in one chunk. The server says its sentences in English by itself. */
import type { Plain } from "../plain";
import type { Catalog } from "../sentences";

export { en as words } from "../en";
export { en as glossary } from "../glossary/en";
export const catalog: Catalog = {};
export const plain: Plain = () => null;
