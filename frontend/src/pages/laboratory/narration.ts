/** A step in words: what happened to a node, and what it did. */
import { messageKind } from "../../spacetime/recording";
import type { Run } from "../../spacetime/steps";
import type { LaboratoryWords } from "./words";
import type { Same } from "../../i18n/words";

/** What happens to a node or a link in a step, without what the node does then. */
export function happened({ steps, recording }: Run, at: number, { narrate: words }: Same<LaboratoryWords>): string {
  const step = steps[at];
  if (!step) return "";
  const { names } = recording.network;
  const nameOf = (node: number) => names[node] ?? words.unknown;
  const { line, node, kind } = step;
  const [own, other] = [nameOf(node), nameOf(line.peer)];
  const what = messageKind(line.message) || (line.kind ?? words.message);
  return {
    start: () => words.start(own),
    receive: () => words.receive(own, what, other),
    timer: () => words.timer(own, line.kind ?? ""),
    down: () => words.down(own, other),
    drop: () => words.drop(own, other),
    late: () => words.late(own, other),
    crash: () => words.crash(own),
    restart: () => words.restart(own),
    cut: () => words.cut(own, other),
    mend: () => words.mend(own, other),
    partition: () => words.partition,
    heal: () => words.heal,
  }[kind]();
}

/** Whether a step sends to the node whose message woke its own: in an echo this is its report. */
function answersItsWaker({ steps, flights, ofNode }: Run, at: number): boolean {
  const { node = -1, sent = [] } = steps[at] ?? {};
  const waker = steps[ofNode[node]?.[0] ?? at];
  return waker?.kind === "receive" && flights[sent[0] ?? -1]?.to === waker.line.peer;
}

export function narrate(run: Run, at: number, words: Same<LaboratoryWords>): string {
  const { sent = [], decided = [] } = run.steps[at] ?? {};
  const to = sent.map((flight) => run.recording.network.names[run.flights[flight]?.to ?? -1] ?? words.narrate.unknown);
  const [only] = to;
  const sends = only !== undefined && to.length === 1 && answersItsWaker(run, at) ? words.narrate.answers(only) : words.narrate.sends(to);
  const did = [...(to.length > 0 ? [sends] : []), ...(decided.length > 0 ? [words.narrate.decides] : [])];
  return [happened(run, at, words), ...did].join(", ");
}

/** A message or a value as short text; what stands for "nothing" says nothing. */
export function shortValue(value: unknown, most: number): string {
  if (value === null || value === undefined) return "";
  const text = typeof value === "string" ? value : written(value);
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** What has a form of its own in Python, by what stands under "$": what stands before and after its parts. */
const BRACKETS: Readonly<Record<string, readonly [string, string]>> = { set: ["{", "}"], frozenset: ["{", "}"], tuple: ["(", ")"], dict: ["{", "}"] };

/** A value as its class would be written: what JSON has no form for is an object with its kind under "$". */
export function written(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(written).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const { $, of, ...fields } = value as Readonly<Record<string, unknown>>;
  const kind = typeof $ === "string" ? $ : "";
  if (kind === "text" && typeof of === "string") return of;
  const [begin, end] = BRACKETS[kind] ?? ["", ""];
  if (begin !== "" && Array.isArray(of)) {
    return `${begin}${of.map((each: unknown) => (kind === "dict" && Array.isArray(each) ? each.map(written).join(": ") : written(each))).join(", ")}${end}`;
  }
  const named = Object.entries(fields).map(([name, each]) => `${name}: ${written(each)}`);
  const parts = [...(of === undefined ? [] : [kind === "" ? `of: ${written(of)}` : written(of)]), ...named].join(", ");
  if (kind === "") return `{${parts}}`;
  return parts === "" ? kind : `${kind}(${parts})`;
}
