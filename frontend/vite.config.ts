/**
 * How the page is built (to dist/) and unit-tested. While developing, `npm run dev` builds anew after every change and
 * a running lab serves it: the balancer answers no page from another origin.
 */
import react from "@vitejs/plugin-react";
import type { CodeSplittingGroup } from "rolldown";
import { defineConfig } from "vitest/config";
import { askedAtOnce } from "./at-once.js";
import { compressed, swaggerUi } from "./files.js";

/** What languages share stays apart from pages: a language is loaded on each. */
const WORDLESS = /^(?!.*\/src\/i18n\/)/u;
/** Each file costs the lab's machine some milliseconds, so what pages share is in a few: what all need, and what some do. */
const CHUNKS = [
  { name: "base", tags: ["$initial"] },
  { name: "common", test: WORDLESS, minShareCount: 4 },
  { name: "shared", test: WORDLESS, minShareCount: 2, entriesAware: true, entriesAwareMergeThreshold: 25000 },
] satisfies CodeSplittingGroup[];

export default defineConfig({
  // Absolute, for a page may be opened at any depth: /tasks/<id>.
  base: "/",
  plugins: [react(), askedAtOnce(), swaggerUi(), compressed()],
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    // The graph pane (three, reagraph) is one lazy chunk of about 1.5 MB; the lab's own machine serves it.
    chunkSizeWarningLimit: 2000,
    rolldownOptions: { output: {
      codeSplitting: { groups: [...CHUNKS] },
      // Not by the names of all pages that share it.
      chunkFileNames: ({ name }) => `assets/${name.split("~")[0] ?? name}-[hash].js`,
    } },
  },
  // A machine that has other things to do may stand still for a second: a deadline is there for what hangs.
  test: { environment: "node", include: ["tests/**/*.test.ts"], testTimeout: 60_000, expect: { poll: { timeout: 30_000 } } },
});
