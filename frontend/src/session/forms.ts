/** What a session answers: the part of docs/reference/session-protocol.md that the page reads. */

export type Fields = Readonly<Record<string, unknown>>;

/** Where a session is, as every ask that moves or changes is answered. */
export interface Here {
  /** How many events have happened. */
  at: number;
  branch: number;
  /** How many events of this branch are known. */
  events: number;
  /** Why the run has ended; null while it goes on. */
  ending: string | null;
  /** What the class did wrong, with file and line. */
  mistake: string | null;
}

export interface OpenedSession extends Here {
  /** By which a page comes back to it. */
  session: string;
  algorithm: { name: string; title: string; wave: boolean };
  nodes: string[];
  neighbors: number[][];
  notes: string[];
}

/** What is to happen: a message that is on its way, a start, a timer. */
export interface PendingEvent {
  number: number;
  kind: "start" | "receive" | "timer" | "fault" | "detect" | "down";
  /** Null for what happens to links. */
  node: string | null;
  peer: string | null;
  message: unknown;
  /** Whether it can come next. */
  next: boolean;
  /** The message that comes first, since links are FIFO. */
  behind: number | null;
}

export interface SessionBranch {
  id: number;
  name: string;
  parent: number | null;
  /** The position at which it leaves its parent. */
  fork: number;
  /** What was done in it. */
  acts: { position: number; do: string }[];
}

/** An event with the variables of its nodes. */
export interface SessionMoment {
  position: number;
  nodes: string[];
  before: Readonly<Record<string, Fields>>;
  after: Readonly<Record<string, Fields>>;
  changed: Readonly<Record<string, readonly string[]>>;
}

export interface SessionConditions {
  /** By condition; null where that is not known yet, or it does not apply. */
  holds: Readonly<Record<string, boolean | null>>;
  broken: string[];
  messages: number;
  bits: number;
  /** Units of virtual time since the wave began. */
  time: number;
  /** What is proven to be the most messages and the longest time. */
  bounds: Readonly<Partial<Record<"messages" | "time", number>>>;
  witnesses: string[];
}

/** The first event in which two branches differ, with its rows in each; of one that has ended before, none. */
export interface Difference {
  position: number;
  one: Fields[];
  other: Fields[];
}

interface Changed extends Here {
  rows: Fields[];
}

interface Branches {
  branch: number;
  branches: SessionBranch[];
}

/** The source of a class and of its bases, and the pseudocode where the library has it. */
export interface ClassCode {
  sources: { name: string; file: string; first: number; text: string }[];
  pseudocode: string | null;
}

/** A line of a class: the number of the class in its sources, and of the line in its file. */
export type LineRun = readonly [number, number];

/** What an event ran through. */
export interface LinesRun {
  handler: string | null;
  begins: LineRun | null;
  ran: LineRun[];
  /** The lines of the pseudocode that stand for the handler, from 0. */
  blocks: number[];
}

/** How much a search for a failing order has seen. */
export interface Checked {
  networks: number;
  of: number;
  states: number;
  /** Whether that was all. */
  complete: boolean;
}

export type MistakeKind = "shared" | "fails" | "early" | "forgets" | "deadlock" | "twice" | "endless" | "messages" | "fifo" | "time";

/** What a counterexample teaches. */
export interface Lesson {
  condition: "termination" | "decision" | "dependence" | "bounds" | "handlers";
  /** The event that breaks it. */
  position: number;
  node: string;
  kinds: MistakeKind[];
  /** Without an event before a decide, or undecided at the end. */
  /** The events that led to the breaking one. */
  past: number[];
  missing: string[];
  repeats_after: number | null;
}

/** The right algorithm in the same order. */
export interface RightRun {
  title: string;
  trace: string;
  positions: number[];
}

export interface FoundOrder {
  checked: Checked;
  lesson: Lesson | null;
  right?: RightRun | null;
}

/** By what is asked. */
export interface Answers {
  open: OpenedSession;
  resume: OpenedSession;
  network: { text: string; notes: string[] };
  step: Changed;
  run: Here & { met: number | null };
  step_node: Here & { met: number | null };
  undo: Here & { undone: boolean };
  rename: Branches;
  go: Here;
  switch: Here;
  delay: Changed;
  drop: Changed;
  duplicate: Changed;
  crash: Changed;
  restart: Changed;
  cut: Changed;
  mend: Changed;
  pending: { total: number; pending: PendingEvent[] };
  branches: Branches;
  compare: { difference: Difference | null };
  moment: { moment: SessionMoment };
  /** Of at most 1,000 nodes. */
  states: { total: number; states: Readonly<Record<string, Fields>> };
  conditions: SessionConditions;
  break: { break: { position: number; broken: string[]; witnesses: string[] } | null };
  code: ClassCode;
  lines: LinesRun;
  rows: { start: number; rows: Fields[][] };
  check: FoundOrder & OpenedSession;
  stop: { at: number };
  trace: { text: string; next: number | null };
  recording: { text: string; next: number | null };
}
