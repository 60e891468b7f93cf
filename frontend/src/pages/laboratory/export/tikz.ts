/** The space-time diagram as a TikZ picture, for papers: text that LaTeX sets in the paper's own type. */
import { arrowEnd, type Layout } from "../../../spacetime/layout";
import { coloursOf } from "../../../spacetime/paint";
import type { Run, Step } from "../../../spacetime/steps";
import { LIGHT } from "../../../theme/tokens";
import { NotMade } from "./refused";

/** LaTeX takes minutes, and then memory that it does not have, for more (messages and steps). */
export const MOST_SHAPES = 4_000;

const ESCAPES: Readonly<Record<string, string>> = {
  "\\": String.raw`\textbackslash{}`, "^": String.raw`\textasciicircum{}`, "~": String.raw`\textasciitilde{}`,
};

/** A text as LaTeX shows it. */
export const latex = (text: string): string =>
  text.replace(/[\\^~{}#$%&_]/gu, (sign) => ESCAPES[sign] ?? `\\${sign}`).replace(/\p{Cc}/gu, " ");

const short = (value: number): string => String(Math.round(value * 1000) / 1000);

function markOf({ decided, kind }: Step): string {
  if (decided.length > 0) return "decides";
  if (kind === "start") return "starts";
  return kind === "receive" || kind === "timer" || kind === "restart" ? "acts" : "fails";
}

/** @throws NotMade where there is more than LaTeX can set. */
export function tikzOf(run: Run, layout: Layout): string {
  const shapes = run.flights.length + run.steps.length;
  if (shapes > MOST_SHAPES) throw new NotMade({ about: "large", width: layout.columns, height: layout.lanes.length, messages: run.flights.length });
  const { names } = run.recording.network;
  const colours = coloursOf(run, LIGHT);
  const numbers = new Map([...new Set(colours.values())].map((colour, at) => [colour, `wave${"abcdefgh".charAt(at)}`]));
  const xOf = (column: number) => short(column * layout.scale);
  const lane = (node: number) => String(layout.laneOf[node] ?? 0);
  const at = (step: number, node: number) => `(${xOf(layout.x[step] ?? 0)},${lane(node)})`;
  const arrows = run.flights.map(({ from, to, kind, sentIn, lost }, place) => {
    const colour = numbers.get(colours.get(kind) ?? "") ?? "black";
    const end = xOf(arrowEnd(run, layout, place));
    const height = lost ? short((Number(lane(from)) + Number(lane(to))) / 2) : lane(to);
    return String.raw`  \draw[${lost ? "dashed" : "->"}, ${colour}] ${at(sentIn, from)} -- (${end},${height});`;
  });
  return [
    `% Space-time diagram of ${run.recording.title.replace(/\s+/gu, " ")}. The document needs \\usepackage{tikz}.`,
    ...[...numbers].map(([colour, name]) => String.raw`\definecolor{${name}}{HTML}{${colour.slice(1).toUpperCase()}}`),
    String.raw`\begin{tikzpicture}[x=0.7cm, y=-0.7cm, >=stealth,`,
    "  acts/.style={circle, fill=black, inner sep=0.9pt}, starts/.style={circle, draw=black, fill=white, inner sep=1.6pt},",
    "  decides/.style={rectangle, rotate=45, fill=black, inner sep=2.2pt}, fails/.style={rectangle, fill=red!70!black, inner sep=2pt}]",
    ...layout.lanes.map((node, row) => String.raw`  \draw[gray!50] (-0.4,${row}) node[left, black] {${latex(names[node] ?? "")}} -- (${xOf(layout.columns / layout.scale)},${row});`),
    ...arrows,
    ...run.ofNobody.map((step) => String.raw`  \draw[red!70!black] (${xOf(layout.x[step] ?? 0)},-0.5) -- +(0,${layout.lanes.length});`),
    ...run.steps.flatMap((step, number) => (step.node < 0 ? [] : [String.raw`  \node[${markOf(step)}] at ${at(number, step.node)} {};`])),
    String.raw`\end{tikzpicture}`, "",
  ].join("\n");
}
