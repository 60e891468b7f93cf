import type { Plugin } from "vite";

export function atOnce(pages: Record<string, string[]>, languages: Record<string, string[]>, mostWaiting: number): void;
export function askedAtOnce(): Plugin;
