/**
 * How the page is built (to dist/) and unit-tested. While developing, `npm run dev` builds anew after every change and
 * a running lab serves it: the balancer answers no page from another origin.
 */
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { compressed, swaggerUi } from "./files.js";

export default defineConfig({
  // Absolute, for a page may be opened at any depth: /tasks/<id>.
  base: "/",
  plugins: [react(), swaggerUi(), compressed()],
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    // The graph pane (three, reagraph) is one lazy chunk of about 1.5 MB; the lab's own machine serves it.
    chunkSizeWarningLimit: 2000,
  },
  test: { environment: "node", include: ["tests/**/*.test.ts"] },
});
