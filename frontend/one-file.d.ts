import type { Plugin } from "vite";

export function withoutCatalogs(): Plugin;
export function inOneFile(): Plugin;
