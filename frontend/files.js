/** What the build adds to the page's own files: Swagger UI, and each file compressed. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { URL } from "node:url";
import { constants, gzipSync } from "node:zlib";

const SWAGGER_UI = ["swagger-ui-bundle.js", "swagger-ui.css"];
const COMPRESSED = /\.(js|css|svg|html)$/u;
/** A smaller file fits into a packet or two anyway. */
const LEAST_BYTES = 1024;
/** Its last line names a file for debuggers, which is not there. */
const SOURCE_MAP = /\n\/[/*]# sourceMappingURL=\S+( \*\/)?\s*$/u;

/** Swagger UI as it is, for the `/docs` of the balancer and of every node: see wire/docs.py. */
export function swaggerUi() {
  return {
    name: "swagger-ui",
    generateBundle() {
      for (const file of SWAGGER_UI) {
        const source = readFileSync(new URL(`node_modules/swagger-ui-dist/${file}`, import.meta.url), "utf8");
        this.emitFile({ type: "asset", fileName: `swagger-ui/${file}`, source: source.replace(SOURCE_MAP, "\n") });
      }
    },
  };
}

/** By default all files that are worth it. `app.js.gz` beside `app.js`, once and for all, so that the page's server need not compress: see balancer/page.py. */
export function compressed(files = COMPRESSED) {
  let folder = "dist";
  return {
    name: "compressed",
    configResolved(config) {
      folder = join(config.root, config.build.outDir);
    },
    closeBundle() {
      for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
        if (!files.test(name)) continue;
        const source = readFileSync(join(folder, name));
        if (source.length < LEAST_BYTES) continue;
        writeFileSync(join(folder, `${name}.gz`), gzipSync(source, { level: constants.Z_BEST_COMPRESSION }));
      }
    },
  };
}
