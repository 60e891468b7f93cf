import type { Plugin } from "vite";

export function swaggerUi(): Plugin;
export function compressed(files?: RegExp): Plugin;
