/** What the page of drawn networks shows, and all that can be done to the drawing: each act is a step, and says what it did. */
import { create } from "zustand";
import { nearestAspect } from "../../graph/layout/choose";
import { wordsNow } from "../../i18n/words";
import { nearer, wholeOf, type Camera, type Size } from "./camera";
import { beginning, redone, undone, withStep, type History } from "./history";
import { draftIn, keepDraft } from "./draft";
import { LIMITS } from "./limits";
import {
  addNode, areLinked, changeNode, delayLink, EMPTY, link, makeRoot, nodeOf, removeNode, unlink, type Change, type Drawn,
} from "./network";
import { arranged } from "./topology-file";
import { workshopWords, type WorkshopWords } from "./words";

export type Mode = "move" | "add" | "link";
export type Chosen = { kind: "node"; id: number } | { kind: "link"; a: number; b: number };

interface Workshop {
  history: History;
  chosen: Chosen | null;
  mode: Mode;
  /** Where the link that is being drawn begins. */
  from: number | null;
  /** What was done last. */
  said: string;
  camera: Camera;
  /** Of the pane (px). */
  size: Size;
}

export const useWorkshop = create<Workshop>()(() => ({
  history: beginning(draftIn()), chosen: null, mode: "move", from: null, said: "", camera: { x: 0, y: 0, scale: 1 }, size: { width: 0, height: 0 },
}));

const { getState, setState } = useWorkshop;

/** Ids are never given again, so that what is taken back and drawn anew is not mistaken for what was. */
let nextId = 0;

export const drawnNow = (): Drawn => getState().history.now;
const words = (): WorkshopWords => wordsNow(workshopWords);
const nameOf = (id: number): string => nodeOf(drawnNow(), id)?.name ?? "";
const say = (said: string): void => { setState({ said }); };

export const chosenNode = ({ chosen }: Pick<Workshop, "chosen">): number | null => (chosen?.kind === "node" ? chosen.id : null);

function step(now: Drawn, said: string, more: Partial<Workshop> = {}): void {
  setState(({ history }) => ({ history: withStep(history, now), said, from: null, ...more }));
  keepDraft(now);
}

export function choose(chosen: Chosen | null): void {
  setState({ chosen });
  if (chosen?.kind === "node") say(words().said.chosen(nameOf(chosen.id)));
}

export const chooseNode = (id: number): void => { choose({ kind: "node", id }); };

export function setMode(mode: Mode): void {
  setState({ mode, from: null });
}

export function add(x: number, y: number, near: number | null): void {
  if (drawnNow().nodes.length >= LIMITS.nodes) {
    say(words().said.full(LIMITS.nodes));
    return;
  }
  const { drawn, id } = addNode(drawnNow(), x, y, near, nextId);
  nextId = id + 1;
  step(drawn, words().said.added(nodeOf(drawn, id)?.name ?? "", near === null ? null : nameOf(near)), { chosen: { kind: "node", id } });
}

export function move(id: number, x: number, y: number): void {
  step(changeNode(drawnNow(), id, { x, y }), words().said.moved(nameOf(id)));
}

export function change(id: number, changes: Change): void {
  const now = changeNode(drawnNow(), id, changes);
  step(now, words().said.changed(nodeOf(now, id)?.name ?? ""));
}

export function root(id: number): void {
  step(makeRoot(drawnNow(), id), words().said.root(nameOf(id)));
}

export function delay(a: number, b: number, ms: number | null): void {
  step(delayLink(drawnNow(), a, b, ms), words().said.changed(`${nameOf(a)}, ${nameOf(b)}`));
}

/** Links two nodes; those that are linked already stay so. */
export function join(a: number, b: number): void {
  step(link(drawnNow(), a, b), words().said.linked(nameOf(a), nameOf(b)), { chosen: { kind: "node", id: b } });
}

export function part(a: number, b: number): void {
  step(unlink(drawnNow(), a, b), words().said.unlinked(nameOf(a), nameOf(b)), { chosen: { kind: "node", id: a } });
}

export function remove(id: number): void {
  const near = drawnNow().links.flatMap(({ a, b }) => (a === id ? [b] : b === id ? [a] : []))[0];
  step(removeNode(drawnNow(), id), words().said.removed(nameOf(id)), { chosen: near === undefined ? null : { kind: "node", id: near } });
}

/** Deletes what is chosen, a node or a link. */
export function removeChosen(): void {
  const { chosen } = getState();
  if (chosen?.kind === "node") remove(chosen.id);
  if (chosen?.kind === "link") part(chosen.a, chosen.b);
}

export function beginLink(id: number): void {
  setState({ from: id, said: words().said.linking(nameOf(id)), chosen: { kind: "node", id } });
}

export function stopLink(): void {
  if (getState().from !== null) setState({ from: null, said: words().said.stopped });
}

/** Ends the link that is being drawn at a node. */
export function endLink(id: number): void {
  const { from } = getState();
  if (from === null || from === id) stopLink();
  else if (areLinked(drawnNow(), from, id)) setState({ from: null, said: words().said.linked(nameOf(from), nameOf(id)) });
  else join(from, id);
}

function travel(turned: (history: History) => History, said: string): void {
  const { history, chosen } = getState();
  const next = turned(history);
  if (next.now === history.now) {
    say(words().said.nothing);
    return;
  }
  const there = chosen?.kind === "node" && nodeOf(next.now, chosen.id) !== undefined;
  setState({ history: next, said, from: null, chosen: there ? chosen : null });
  keepDraft(next.now);
}

export const undo = (): void => { travel(undone, words().said.undone); };
export const redo = (): void => { travel(redone, words().said.redone); };

/** Width by height of the pane, for whatever is to be drawn in it. */
export function aspect(): number {
  const { width, height } = getState().size;
  return nearestAspect(width, height);
}

/** What the camera sees when it sees all of a drawing. */
const seen = (drawn: Drawn): Pick<Workshop, "camera"> => ({ camera: wholeOf(drawn, getState().size) });

export function arrange(): void {
  const now = arranged(drawnNow(), aspect());
  step(now, words().said.arranged, seen(now));
}

export const look = (camera: Camera): void => { setState({ camera }); };
export const showAll = (): void => { setState(seen(drawnNow())); };
export const zoom = (steps: number, at?: { x: number; y: number }): void => { setState(({ camera, size }) => ({ camera: nearer(camera, size, steps, at) })); };

/** A pane that changes by a line of text leaves what is seen; whoever draws would lose the place. */
const LITTLE = 0.15;

export function resize(size: Size): void {
  const { width, height } = getState().size;
  const little = Math.abs(size.width - width) < LITTLE * width && Math.abs(size.height - height) < LITTLE * height;
  setState({ size });
  if (!little) showAll();
}

/** Another network takes the place of the drawn one, which can be had back by a step. */
export function replace(drawn: Drawn, what: string): void {
  const said = words();
  nextId = drawn.nodes.reduce((most, { id }) => Math.max(most, id + 1), nextId);
  const [first] = drawn.nodes;
  step(drawn, said.said.opened(what, said.size(drawn.nodes.length, drawn.links.length)), {
    chosen: first ? { kind: "node", id: first.id } : null, mode: "move", ...seen(drawn),
  });
}

/** The first id that no node has had. */
export const unusedId = (): number => drawnNow().nodes.reduce((most, { id }) => Math.max(most, id + 1), nextId);

export function clear(): void {
  step(EMPTY, words().said.cleared, { chosen: null, mode: "add", ...seen(EMPTY) });
}
