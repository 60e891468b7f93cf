/** A run as a text: its events as CSV, and as a log for ShiViz, the same as topowave/traces/shiviz.py makes. */
import type { Line, Recording } from "../../../spacetime/recording";

/** The columns of the CSV: docs/how-to/look-inside-a-run.md says what they are. */
const COLUMNS = ["number", "time", "event", "node", "peer", "wave", "message_id", "kind", "message"] as const;

const quoted = (text: string): string => (/[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

const rowOf = ({ network: { names } }: Recording, line: Line, at: number): string =>
  [
    String(at + 1), String(line.t), line.event, names[line.node] ?? "", names[line.peer] ?? "", line.wave ?? "", line.id ?? "", line.kind ?? "",
    line.message === null ? "" : JSON.stringify(line.message),
  ].map(quoted).join(",");

/** A row for each line of the trace (RFC 4180, but for the ends of its lines). */
export const csvOf = (recording: Recording): string =>
  [COLUMNS.join(","), ...recording.lines.map((line, at) => rowOf(recording, line, at)), ""].join("\n");

/** Plain data as Python's json.dumps writes it, but for 1.0: JavaScript knows one kind of number, and reads 1 there. */
export function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{${Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${pythonJson(each)}`).join(", ")}}`;
}

/** A number as Python's `g` writes it: six digits, without what says nothing. */
export function general(value: number): string {
  const [digits = "0", exponent = "0"] = value.toExponential(5).split("e");
  const power = Number(exponent);
  if (power < -4 || power >= 6) {
    const sign = power < 0 ? "-" : "+";
    return `${String(Number(digits))}e${sign}${String(Math.abs(power)).padStart(2, "0")}`;
  }
  return String(Number(value.toPrecision(6)));
}

/** The log's first line: how ShiViz reads the rest. */
const PARSER = String.raw`(?<host>\S*) (?<clock>{.*})\n(?<event>.*)`;

export function shivizOf({ lines, network: { names } }: Recording): string {
  const rows = [PARSER, ""];
  const clocks = new Map<string, Map<string, number>>();
  const sent = new Map<string, Map<string, number>>();
  for (const line of lines) {
    const name = names[line.node];
    if (name === undefined) continue;
    const host = name.replaceAll(" ", "_");
    const clock = clocks.get(host) ?? new Map<string, number>();
    clocks.set(host, clock);
    const message = JSON.stringify([line.wave, line.id]);
    if (line.event === "receive") {
      for (const [other, count] of sent.get(message) ?? []) clock.set(other, Math.max(clock.get(other) ?? 0, count));
    }
    clock.set(host, (clock.get(host) ?? 0) + 1);
    if (line.event === "send") sent.set(message, new Map(clock));
    const counts = [...clock].map(([other, count]) => `${JSON.stringify(other)}: ${String(count)}`).join(", ");
    rows.push(`${host} {${counts}}`, saidOf(line, names));
  }
  return [...rows, ""].join("\n");
}

function saidOf({ event, kind, message, peer, t, wave }: Line, names: readonly string[]): string {
  const words: string[] = [event];
  if (kind !== null) words.push(kind);
  if (message !== null) words.push(pythonJson(message));
  const other = names[peer];
  if (other !== undefined) words.push(event === "send" ? "to" : "from", other);
  words.push(`(t=${general(t)}${wave === null ? "" : `, wave ${wave}`})`);
  return words.join(" ");
}
