/** What the build needs to make viewer.html: one file with all scripts and styles in it, which asks nobody for anything. */
import { createHash } from "node:crypto";

const LANGUAGE = /\/src\/i18n\/languages\/(de|ru)\.ts$/u;

/** Sentences of servers need catalogs, and no server speaks here: what is told in a run comes in all languages. */
export function withoutCatalogs() {
  return {
    name: "without-catalogs",
    enforce: "pre",
    load(id) {
      const language = LANGUAGE.exec(id)?.[1];
      if (!language) return null;
      return [
        `export { ${language} as words } from "../${language}";`,
        `export { ${language} as glossary } from "../glossary/${language}";`,
        `import { plainBy } from "../plain";`,
        `export const catalog = {};`,
        `export const plain = plainBy([]);`,
      ].join("\n");
    },
  };
}

/** Nothing is loaded, nobody is connected to, and no script runs but ours. */
const policy = (hash) =>
  `default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; img-src data: blob:; media-src blob:; base-uri 'none'; form-action 'none'`;

const page = (script, styles) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy(createHash("sha256").update(script).digest("base64"))}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>Topowave</title>
    <style>${styles}</style>
  </head>
  <body>
    <div id="root"></div>
    <script id="run" type="application/json">null</script>
    <script type="module">${script}</script>
  </body>
</html>
`;

/** Puts script and styles into viewer.html, in the place of their files. */
export function inOneFile() {
  return {
    name: "in-one-file",
    generateBundle: {
      // Vite's own last changes are made by then.
      order: "post",
      handler(_, bundle) {
        const parts = Object.values(bundle);
        const script = parts.map((part) => (part.type === "chunk" ? part.code : "")).join("");
        const styles = parts.map((part) => (part.type === "asset" && part.fileName.endsWith(".css") ? String(part.source) : "")).join("");
        for (const name of Object.keys(bundle)) Reflect.deleteProperty(bundle, name);
        // A script ends at the first such tag, wherever it stands in it.
        const whole = script.trim().replaceAll("</script", String.raw`<\/script`).replaceAll("<!--", String.raw`<\!--`);
        this.emitFile({ type: "asset", fileName: "viewer.html", source: page(whole, styles) });
      },
    },
  };
}
