/** Everything that the page says in Russian, in one chunk. */
import { plainBy } from "../plain";
import { joined, type Catalog } from "../sentences";

export { ru as words } from "../ru";
export { ru as glossary } from "../glossary/ru";
export const catalog: Catalog = joined(
  import.meta.glob<Catalog>(
    ["../../../../topowave/translation/catalogs/ru/*.json", "!../../../../topowave/translation/catalogs/ru/{cli,help,tables,usage}*.json"],
    { eager: true, import: "default" },
  ),
);
export const plain = plainBy(
  Object.keys(joined(import.meta.glob<Catalog>(
    "../../../../topowave/translation/catalogs/ru/{plain,runtime,topology}.json", { eager: true, import: "default" },
  ))),
);
