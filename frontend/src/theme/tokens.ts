/** The colours of the page, once, for CSS and for WebGL. Contrast of text on ground is at least 4.5 to 1 (WCAG AA). */

export interface Tokens {
  ground: string;
  panel: string;
  raised: string;
  line: string;
  ink: string;
  muted: string;
  accent: string;
  onAccent: string;
  accentSoft: string;
  warn: string;
  warnSoft: string;
  bad: string;
  badSoft: string;
  link: string;
  nodeEdge: string;
  /** One colour for each kind of message; the shapes differ too. */
  out: string;
  back: string;
  finn: string;
  other: string;
}

export const LIGHT: Tokens = {
  ground: "#f6f7f9",
  panel: "#ffffff",
  raised: "#f0f2f5",
  line: "#dde1e7",
  ink: "#1a2129",
  muted: "#596573",
  accent: "#1f5fbf",
  onAccent: "#ffffff",
  accentSoft: "#e6effb",
  warn: "#8a4b00",
  warnSoft: "#fff1dc",
  bad: "#a3202c",
  badSoft: "#fdeaec",
  link: "#838f9d",
  nodeEdge: "#3c4753",
  out: "#c04a00",
  back: "#007d5c",
  finn: "#a03c86",
  other: "#3b6fb5",
};

export const DARK: Tokens = {
  ground: "#14181d",
  panel: "#1b2027",
  raised: "#242a33",
  line: "#323a45",
  ink: "#e8ecf1",
  muted: "#a0abb8",
  accent: "#7ab0f5",
  onAccent: "#0d1a2b",
  accentSoft: "#1f3048",
  warn: "#f0b866",
  warnSoft: "#38291193",
  bad: "#f58a93",
  badSoft: "#3d1d22",
  link: "#5f6b79",
  nodeEdge: "#c3ccd6",
  out: "#ff9a4d",
  back: "#3ecfa3",
  finn: "#e58ccb",
  other: "#8ab8f0",
};

/** `--tw-ground: #...` and so on, for the page's style sheets. */
export function cssVariables(tokens: Tokens): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tokens).map(([name, value]: [string, string]) => [
      `--tw-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
      value,
    ]),
  );
}
