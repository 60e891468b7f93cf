/** How the page is built (to dist/), served while developing, and unit-tested. */
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  base: "./",
  plugins: [react()],
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    // The graph pane (three, reagraph) is one lazy chunk of about 1.5 MB; the lab's own machine serves it.
    chunkSizeWarningLimit: 2000,
  },
  server: { host: "127.0.0.1", port: 5173 },
  test: { environment: "node", include: ["tests/**/*.test.ts"] },
});
