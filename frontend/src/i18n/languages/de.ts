/** Everything that the page says in German, in one chunk. */
import { plainBy } from "../plain";
import { joined, type Catalog } from "../sentences";

export { de as words } from "../de";
export { de as glossary } from "../glossary/de";
export const catalog: Catalog = joined(
  import.meta.glob<Catalog>(
    ["../../../../topowave/translation/catalogs/de/*.json", "!../../../../topowave/translation/catalogs/de/{cli,help,tables,usage}*.json"],
    { eager: true, import: "default" },
  ),
);
export const plain = plainBy(
  Object.keys(joined(import.meta.glob<Catalog>(
    "../../../../topowave/translation/catalogs/de/{plain,runtime,topology}.json", { eager: true, import: "default" },
  ))),
);
