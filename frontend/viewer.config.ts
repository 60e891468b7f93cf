/**
 * How viewer.html is built: one file that shows a run by itself, opened from disk. All scripts and styles are in it, and
 * a run is put into it by the page or by Python (topowave/traces/html_file.py).
 */
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { compressed } from "./files.js";
import { inOneFile, withoutCatalogs } from "./one-file.js";

export default defineConfig({
  publicDir: false,
  plugins: [withoutCatalogs(), react(), inOneFile(), compressed(/^viewer\.html$/u)],
  build: {
    target: "es2022",
    emptyOutDir: false,
    cssCodeSplit: false,
    chunkSizeWarningLimit: 1000,
    rolldownOptions: { input: "src/viewer/main.tsx", output: { codeSplitting: false } },
  },
});
