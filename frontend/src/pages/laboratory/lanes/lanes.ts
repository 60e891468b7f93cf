/** Which nodes have a lane of their own in the space-time diagram, and in which order; the others share one below. */
import { create } from "zustand";
import { coneOf, type Cone } from "../../../spacetime/causality";
import { lanesOf, layOutLanes, type Across, type Down, type Layout } from "../../../spacetime/layout";
import type { Index } from "../../../spacetime/moment";
import type { RecordedNetwork } from "../../../spacetime/recording";
import type { Run } from "../../../spacetime/steps";

export interface Lanes {
  /** What they are chosen for; another network has all its lanes. */
  network: RecordedNetwork | null;
  /** All nodes from top to bottom, once one was moved; null before. */
  order: readonly number[] | null;
  collapsed: ReadonlySet<number>;
  /** Part of the names of those that have lanes. */
  search: string;
  /** Only nodes with a step that led to the one at the cursor. */
  causes: boolean;
}

const ALL: Lanes = { network: null, order: null, collapsed: new Set(), search: "", causes: false };

export const useLanes = create<Lanes>()(() => ALL);

/** What is chosen for a network. */
export const chosenFor = (lanes: Lanes, network: RecordedNetwork): Lanes => (lanes.network === network ? lanes : { ...ALL, network });

export function choose(network: RecordedNetwork, choice: Partial<Lanes>): void {
  useLanes.setState({ ...chosenFor(useLanes.getState(), network), ...choice, network });
}

export const showAll = (): void => { useLanes.setState(ALL); };

/** With a node in the place of another one, which makes room for it. */
export function moved(order: readonly number[], node: number, to: number): number[] {
  const others = order.filter((each) => each !== node);
  others.splice(order.indexOf(to), 0, node);
  return others;
}

/** With a node collapsed that was not, or the other way round. */
export function toggled(collapsed: ReadonlySet<number>, node: number): Set<number> {
  const next = new Set(collapsed);
  if (!next.delete(node)) next.add(node);
  return next;
}

/** Whether a name is looked for. */
export const isFound = (name: string, search: string): boolean => name.toLowerCase().includes(search.trim().toLowerCase());

/** The nodes that had a part in what led to a step. */
export function causers(run: Run, cone: Cone): Set<number> {
  return new Set(run.steps.filter((_, at) => cone.past[at] === 1).map(({ node }) => node));
}

/** All nodes from top to bottom. */
export const orderOf = (index: Index, down: Down, { order }: Lanes): readonly number[] => order ?? lanesOf(index, down);

/** @param causing the nodes that led to the step at the cursor, where only they have lanes; null else. */
export function layOutChosen(index: Index, across: Across, down: Down, lanes: Lanes, causing: ReadonlySet<number> | null): Layout {
  const { names } = index.run.recording.network;
  const order = orderOf(index, down, lanes);
  const isOwn = (node: number) => !lanes.collapsed.has(node) && isFound(names[node] ?? "", lanes.search) && (causing?.has(node) ?? true);
  return layOutLanes(index, across, order.filter(isOwn), order.filter((node) => !isOwn(node)));
}

/** With the lanes that are chosen for its network, at a step. */
export function layOutAt(index: Index, across: Across, down: Down, lanes: Lanes, position: number): Layout {
  const { run } = index;
  const chosen = chosenFor(lanes, run.recording.network);
  return layOutChosen(index, across, down, chosen, chosen.causes ? causers(run, coneOf(run, position)) : null);
}
