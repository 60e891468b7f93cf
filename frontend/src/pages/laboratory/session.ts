/**
 * A session that the page goes through: the same pictures as of a trace, and whatever comes next is asked for.
 *
 * The page knows the lines of all events of a branch that anybody has gone through; to and fro among them it asks nobody.
 * The session itself is where it was asked to be last, so each ask that depends on the place goes there first.
 */
import { create } from "zustand";
import { spokenNow } from "../../i18n/spoken";
import type { Difference, Answers, Fields, FoundOrder, Here, OpenedSession, PendingEvent, SessionBranch, SessionConditions, SessionMoment } from "../../session/forms";
import { connect, SessionOver, SessionRefusal, type Ask, type SessionSocket } from "../../session/socket";
import type { Line, RecordedNetwork } from "../../spacetime/recording";
import { lineOf, networkOf } from "../../spacetime/trace-file";
import { sharedPosition } from "./branches/tree";
import { areWanted, useChosen } from "./variables/beside";
import { close, goTo, grow, open, renew, useLaboratory, type More } from "./store";

/** What may be done to a message by the number of its event, or to nodes by their names. */
export type Change = "delay" | "drop" | "duplicate" | "crash" | "restart" | "cut" | "mend";

/** How it stands at a position. */
export interface Around {
  position: number;
  pending: PendingEvent[];
  total: number;
  moment: SessionMoment | null;
  conditions: SessionConditions;
}

interface SessionState {
  /** What it was opened with; null where it was opened by somebody else, such as this page before it was loaded anew. */
  order: Fields | null;
  about: OpenedSession | null;
  here: Here | null;
  branches: readonly SessionBranch[];
  /** Where this branch differs from the one that it left, counted in events; null where it does not. */
  differs: number | null;
  /** The connection is lost, and the page tries to come back to its session. */
  lost: boolean;
  around: Around | null;
  /** The variables of all nodes at a position, where they are wanted. */
  states: { position: number; of: Readonly<Record<string, Fields>> } | null;
  /** The names of the variables that have been seen. */
  variables: readonly string[];
  /** An ask has no answer yet. */
  busy: boolean;
  problems: readonly string[];
  /** It is over, for a reason that may be empty. */
  over: string | null;
  /** It is a recording: to and fro, and nothing else. */
  recorded: boolean;
}

const NONE: SessionState = { order: null, about: null, here: null, branches: [], differs: null, lost: false, around: null, states: null, variables: [], busy: false, problems: [], over: null, recorded: false };

export const useSession = create<SessionState>()(() => NONE);

const { getState, setState } = useSession;

interface Link {
  socket: SessionSocket;
  network: RecordedNetwork;
  place: ReadonlyMap<string, number>;
  lines: Line[];
  /** How many of them are drawn; null where some of these have become others. */
  drawn: number | null;
}

let link: Link | null = null;

/** The events that have happened up to a step of the page. */
export function positionAt(step: number): number {
  const { opened } = useLaboratory.getState();
  return opened?.index.run.steps[step]?.line.position ?? 0;
}

/** Where the page finds its session again when it is loaded anew; each tab has its own. */
const STORED = "topowave-session";
/** A session waits for its page for so long. */
const COMES_BACK_MS = 30_000;
const TRIES_EVERY_MS = 500;

/** Connects, and asks for a session: a new one, or one that is there. */
async function reach(what: "open" | "resume", order: Fields): Promise<{ socket: SessionSocket; about: OpenedSession }> {
  const socket = await connect(() => spokenNow().language, (reason) => {
    if (link?.socket !== socket) return;
    if (reason === null) void comeBack(link);
    else setState({ over: reason, busy: false });
  });
  try {
    return { socket, about: await socket.ask(what, order) };
  } catch (error) {
    socket.close();
    throw error;
  }
}

/** Opens a session; what it takes is in the protocol. Throws SessionRefusal or SessionOver where there is none. */
export async function begin(order: Fields): Promise<void> {
  leave();
  const reached = await reach("open", order);
  show(reached);
  setState({ order });
  await readAll(reached.about);
}

/** Goes on with the session that this tab had before it was loaded anew, if it is still there. */
export async function goOn(): Promise<void> {
  const session = sessionStorage.getItem(STORED);
  if (session === null || link) return;
  sessionStorage.removeItem(STORED);
  let reached;
  try {
    reached = await reach("resume", { session });
  } catch (error) {
    if (error instanceof SessionRefusal || error instanceof SessionOver) return;
    throw error;
  }
  // Somebody has opened another run meanwhile.
  if (useLaboratory.getState().opened) {
    reached.socket.close();
    return;
  }
  show(reached);
  await alone(async (ask, mine) => {
    await readBranch(ask, mine, reached.about, 0, "kept");
    goToPosition(reached.about.at);
  });
}

/** Goes on with a session whose connection was lost, as it stands there; gives up when it does not wait any more. */
async function comeBack(mine: Link): Promise<void> {
  const { about } = getState();
  if (about === null) return;
  setState({ lost: true, busy: false });
  for (const until = performance.now() + COMES_BACK_MS; link === mine;) {
    try {
      const { socket, about: here } = await reach("resume", { session: about.session });
      if (link !== mine) {
        socket.close();
        return;
      }
      mine.socket = socket;
      setState({ lost: false });
      const position = positionAt(useLaboratory.getState().position);
      await alone(async (ask) => {
        await readBranch(ask, mine, here, 0, "kept");
        goToPosition(position);
      });
      return;
    } catch (error) {
      if (error instanceof SessionRefusal) {
        if (link === mine) setState({ lost: false, over: error.message });
        return;
      }
      if (performance.now() > until) {
        if (link === mine) setState({ lost: false, over: "" });
        return;
      }
      await new Promise((resolve) => { setTimeout(resolve, TRIES_EVERY_MS); });
    }
  }
}

function show({ socket, about }: { socket: SessionSocket; about: OpenedSession }): void {
  sessionStorage.setItem(STORED, about.session);
  enter(socket, about);
}

/** Shows a session as it was recorded, where it was left. */
export async function showRecorded(socket: SessionSocket, about: OpenedSession): Promise<void> {
  leave();
  enter(socket, about);
  useLaboratory.setState({ more: null });
  setState({ recorded: true });
  await alone(async (ask, mine) => readBranch(ask, mine, await ask("go", { position: about.at }), 0, "kept"));
  goToPosition(about.at);
}

function enter(socket: SessionSocket, about: OpenedSession): void {
  const network = networkOf({ nodes: about.nodes, neighbors: about.neighbors });
  link = { socket, network, place: new Map(network.names.map((name, at) => [name, at])), lines: [], drawn: 0 };
  setState({ ...NONE, about, here: about });
  const recording = { title: about.algorithm.title, unit: "units", network, lines: [] } as const;
  open(about.algorithm.name, [{ id: about.algorithm.name, recording }]);
  useLaboratory.setState({ more: MORE });
  look();
}

/** Reads what has happened in a session that begins in the middle of a run. */
async function readAll(about: OpenedSession): Promise<void> {
  if (about.events > 0) await alone((ask, mine) => readBranch(ask, mine, about, 0, "last"));
}

/** Looks for an order in which the class breaks a condition, and goes on in it; null where that was given up. */
export async function check(): Promise<FoundOrder | null> {
  const mine = link;
  const { about } = getState();
  let found: Answers["check"] | null = null;
  await alone(async (ask) => { found = await ask("check"); });
  const answer = found as Answers["check"] | null;
  if (answer?.lesson && about && mine && link === mine) {
    const next = { ...answer, session: about.session };
    show({ socket: mine.socket, about: next });
    await readAll(next);
  }
  return answer;
}

/** Ends the session, if there is one. */
export function leave(): void {
  if (!link) return;
  if (!getState().recorded) sessionStorage.removeItem(STORED);
  link.socket.close();
  link = null;
  clearTimeout(settled);
  setState(NONE);
  close();
}

/** Asks what leaves the session where it is; null where there is none, or it has no answer. */
export async function inquire<Do extends keyof Answers>(what: Do, fields: Fields = {}): Promise<Answers[Do] | null> {
  try {
    return (await link?.socket.ask(what, fields)) ?? null;
  } catch (error) {
    if (error instanceof SessionRefusal || error instanceof SessionOver) return null;
    throw error;
  }
}

/** Does one thing after the other; what is pressed meanwhile is left out. */
async function alone(act: (ask: Ask, link: Link) => Promise<void>): Promise<void> {
  const mine = link;
  if (!mine || getState().busy || getState().lost || getState().over !== null) return;
  setState({ busy: true, problems: [], around: null });
  try {
    await act(mine.socket.ask, mine);
  } catch (error) {
    if (error instanceof SessionRefusal) setState({ problems: error.problems });
    else if (!(error instanceof SessionOver)) throw error;
  } finally {
    if (link === mine) setState({ busy: false });
  }
  look();
}

/** Draws the lines that have come since; all of them anew where some of them are others. */
function draw(mine: Link, cursor: "kept" | "last"): void {
  const { opened, position } = useLaboratory.getState();
  if (!opened) return;
  const { lines, drawn, network } = mine;
  if (drawn === null) renew({ ...opened.recording, network, lines: [...lines] });
  else grow(lines.slice(drawn));
  mine.drawn = lines.length;
  goTo(cursor === "last" ? Infinity : position);
}

function take({ lines, place }: Link, rows: readonly Fields[], position: number): void {
  for (const fields of rows) {
    const line = lineOf(fields, String(fields.event), place);
    if (line) lines.push({ ...line, position });
  }
}

const known = ({ lines }: Link): number => lines.at(-1)?.position ?? 0;

/** Forgets the lines of the events from `position` on. */
function forget(mine: Link, position: number): void {
  const first = firstOf(mine.lines.length, (at) => (mine.lines[at]?.position ?? 0) >= position);
  if (first === mine.lines.length) return;
  mine.lines.length = first;
  mine.drawn = null;
}

/** Reads the lines of the events after `start`. */
async function readRows(ask: Ask, mine: Link, start: number, stop: number): Promise<void> {
  for (let at = start; at < stop;) {
    const { rows } = await ask("rows", { start: at, stop });
    if (rows.length === 0) return;
    rows.forEach((each, index) => { take(mine, each, at + index + 1); });
    at += rows.length;
  }
}

/** The first of `count` places of which something is true that stays true from there on; `count` where it is of none. */
function firstOf(count: number, isTrue: (place: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isTrue(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Reads all that is known of the branch that the session is in, whose events up to `shared` are those that are known here. */
async function readBranch(ask: Ask, mine: Link, here: Here, shared: number, cursor: "kept" | "last"): Promise<void> {
  const { branches } = await ask("branches");
  // What was done at a position stands behind its event.
  const kept = Math.max(0, Math.min(shared, known(mine)) - 1);
  forget(mine, kept + 1);
  if (kept === 0 && branches.some(({ acts }) => acts.some(({ position }) => position === 0))) {
    mine.lines = [];
    mine.drawn = null;
    // What was done before the first event stands in the trace only, behind its header.
    await ask("go", { position: 0 });
    const { text } = await ask("trace");
    take(mine, text.split("\n").slice(1, -1).map((line) => JSON.parse(line) as Fields), 0);
    await ask("go", { position: here.at });
  }
  await readRows(ask, mine, kept, here.events);
  const mother = branches.find(({ id }) => id === here.branch)?.parent ?? null;
  const differs = mother === null ? null : (await ask("compare", { one: mother, other: here.branch })).difference;
  setState({ here, branches, differs: differs?.position ?? null });
  draw(mine, cursor);
}

/** One event on, at the end of what is known. */
export const stepOn = (): Promise<void> => alone(async (ask, mine) => {
  const end = await ask("go", { position: known(mine) });
  if (end.ending !== null && end.at >= end.events) {
    setState({ here: end });
    return;
  }
  const here = await ask("step");
  take(mine, here.rows, here.at);
  setState({ here });
  draw(mine, "last");
});

/** Some events on, which the page then plays. */
export const fetchOn = (events: number): Promise<void> => alone(async (ask, mine) => {
  const from = known(mine);
  const here = await ask("go", { position: from + events });
  await readRows(ask, mine, from, here.at);
  setState({ here });
  draw(mine, "kept");
});

/** To the end, or to the next event of a kind. */
export const runOn = (kind: string | null): Promise<void> => alone(async (ask, mine) => {
  const from = known(mine);
  await ask("go", { position: from });
  const here = await ask("run", kind === null ? {} : { breakpoints: [{ kind }] });
  await readRows(ask, mine, from, here.at);
  setState({ here });
  draw(mine, "last");
});

/** Goes on from the cursor until a breakpoint is met; false where the run ends before, null where it could not be done. */
export async function goUntil(what: "run" | "step_node", fields: Fields): Promise<boolean | null> {
  let met: boolean | null = null;
  await alone(async (ask, mine) => {
    const from = known(mine);
    await goThere(ask);
    const here = await ask(what, fields);
    met = here.met !== null;
    await readRows(ask, mine, from, Math.max(from, here.events));
    setState({ here });
    draw(mine, "kept");
    goToPosition(here.at);
  });
  return met;
}

/** Goes to where the page is, since the next ask is about that place. */
const goThere = (ask: Ask): Promise<Here> => ask("go", { position: positionAt(useLaboratory.getState().position) });

/** Has what is pending under a number happen next. */
export const choose = (choice: number): Promise<void> => alone(async (ask, mine) => {
  const { at } = await goThere(ask);
  await readBranch(ask, mine, await ask("step", { choice }), at, "last");
});

/** Changes the run at the step of the cursor. */
export const change = (what: Change, fields: Fields): Promise<void> => alone(async (ask, mine) => {
  const { at } = await goThere(ask);
  await readBranch(ask, mine, await ask(what, fields), at, "last");
});

/** Goes to another branch, to the last step that both share. */
export const switchTo = (branch: number): Promise<void> => alone(async (ask, mine) => {
  await goThere(ask);
  const here = await ask("switch", { branch });
  await readBranch(ask, mine, here, here.at, "kept");
  goToPosition(here.at);
});

/** Gives a branch a name; what is said against it is among the problems. */
export const rename = (branch: number, name: string): Promise<void> => alone(async (ask) => {
  const { branches } = await ask("rename", { branch, name });
  setState({ branches });
});

/** The first event in which two branches differ; null where they do not, or that could not be found out. */
export async function compare(one: number, other: number): Promise<Difference | null> {
  let found: Difference | null = null;
  await alone(async (ask) => { ({ difference: found } = await ask("compare", { one, other })); });
  return found;
}

/** Takes the last change back. */
export const undo = (): Promise<void> => alone(async (ask, mine) => {
  const { branches, here: before } = getState();
  const here = await ask("undo", { changes: true });
  if (!here.undone) return;
  await readBranch(ask, mine, here, Math.min(here.at, sharedPosition(branches, before?.branch ?? 0, here.branch)), "kept");
  goToPosition(here.at);
});

/** All that is known of the session, as JSON; null where there is none. */
export async function readRecording(): Promise<string | null> {
  if (!link) return null;
  let text = "";
  await alone(async (ask) => {
    await goThere(ask);
    for (let skip: number | null = 0; skip !== null;) {
      const portion: Answers["recording"] = await ask("recording", { skip });
      text += portion.text;
      skip = portion.next;
    }
  });
  // What was refused stands beside the run already.
  if (text === "") throw new SessionRefusal(getState().problems);
  return text;
}

const MORE: More = {
  ended: () => {
    const { here, over } = getState();
    return over !== null || (here !== null && here.ending !== null && here.at >= here.events);
  },
  step: () => void stepOn(),
  run: (kind) => void runOn(kind),
  fetch: (events) => void fetchOn(events),
};

/** Goes to where the first condition breaks; false where none does, null where that could not be found out. */
export const findBreak = async (): Promise<boolean | null> => {
  let found: boolean | null = null;
  await alone(async (ask, mine) => {
    const from = known(mine);
    const { break: broken } = await ask("break");
    found = broken !== null;
    const here = await ask("go", { position: broken?.position ?? from });
    await readRows(ask, mine, from, Math.max(from, here.events));
    setState({ here });
    draw(mine, "kept");
    if (broken) goToPosition(broken.position);
  });
  return found;
};

/** Goes to the step after so many events. */
export function goToPosition(position: number): void {
  const steps = useLaboratory.getState().opened?.index.run.steps ?? [];
  goTo(Math.max(0, firstOf(steps.length, (at) => (steps[at]?.line.position ?? 0) > position) - 1));
}

/** What surrounds the cursor is asked for once it has stood still for so long. */
const SETTLED_MS = 120;
let settled: ReturnType<typeof setTimeout> | undefined;

function look(): void {
  clearTimeout(settled);
  settled = setTimeout(() => void readAround(), SETTLED_MS);
}

async function readAround(): Promise<void> {
  const mine = link;
  const { busy, lost, over, around } = getState();
  if (!mine || busy || lost || over !== null || useLaboratory.getState().playing) return;
  const position = positionAt(useLaboratory.getState().position);
  const wanted = areWanted(useChosen.getState());
  if (around?.position === position && (!wanted || getState().states?.position === position)) return;
  const { ask } = mine.socket;
  try {
    // Answers come in the order of their asks, and nobody else's is between these.
    const [, { pending, total }, conditions, { moment }, states] = await Promise.all([
      ask("go", { position }), ask("pending"), ask("conditions"), position > 0 ? ask("moment") : { moment: null },
      wanted ? ask("states") : null,
    ]);
    // What is asked for while something changes, or the cursor moves, is no longer so.
    if (link !== mine || getState().busy || positionAt(useLaboratory.getState().position) !== position) return;
    const seen = new Set([...getState().variables, ...Object.values(moment?.after ?? {}).flatMap((each) => Object.keys(each))]);
    setState({
      around: { position, pending, total, conditions, moment },
      states: states && { position, of: states.states },
      ...(seen.size > getState().variables.length && { variables: [...seen] }),
    });
  } catch (error) {
    if (link === mine && error instanceof SessionRefusal) setState({ problems: error.problems });
    else if (!(error instanceof SessionOver)) throw error;
  }
}

useChosen.subscribe(() => { if (link) look(); });
useLaboratory.subscribe((state, before) => {
  if (link && (state.position !== before.position || state.playing !== before.playing)) look();
});
