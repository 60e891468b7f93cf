/** The store of what the lab says it can do: its algorithms on the network that runs, its shapes, its scripts, its rules, its limits. */
import { create } from "zustand";
import { listAlgorithms } from "../api/algorithms";
import { readLimits } from "../api/limits";
import { listShapes } from "../api/shapes";
import { listChoices, rulesIn, type Rule, type RuleChoice } from "../api/balancing";
import { listScripts } from "../api/tasks";
import type { Algorithm, ExampleScript, Limits, NetworkShape } from "../api/types";
import { useLab } from "./lab-store";

interface Catalog {
  algorithms: readonly Algorithm[];
  shapes: readonly NetworkShape[];
  /** The shipped scripts that tasks may run. */
  scripts: readonly ExampleScript[];
  /** What each rule of the balancing may name. */
  rules: Readonly<Partial<Record<Rule, readonly RuleChoice[]>>>;
  /** Null until the lab has said them. */
  limits: Limits | null;
}

export const useCatalog = create<Catalog>()(() => ({ algorithms: [], shapes: [], scripts: [], rules: {}, limits: null }));

/** For which lab and network the catalog is: a lab that comes back may be another one, with other limits. */
const keyOf = ({ lab, connection }: ReturnType<typeof useLab.getState>): number | null =>
  connection === "open" && lab ? lab.network.version : null;

/** Reads the catalog whenever the page is connected to another network, or connected again; returns how to stop. */
export function watchCatalog(): () => void {
  let turn = 0;
  const read = () => {
    const mine = ++turn;
    /** An answer that comes after the next question is old. What is not answered keeps its last value. */
    const keep = <T>(asked: Promise<T>, take: (value: T) => Partial<Catalog>) => {
      asked.then((value) => { if (mine === turn) useCatalog.setState(take(value)); }, () => undefined);
    };
    keep(listAlgorithms(), (algorithms) => ({ algorithms }));
    keep(listShapes(), (shapes) => ({ shapes }));
    keep(listScripts(), (scripts) => ({ scripts }));
    const settings = useLab.getState().lab?.settings;
    for (const [rule] of settings ? rulesIn(settings) : []) {
      keep(listChoices(rule), (choices) => ({ rules: { ...useCatalog.getState().rules, [rule]: choices } }));
    }
    keep(readLimits(), (limits) => ({ limits }));
  };
  if (keyOf(useLab.getState()) !== null) read();
  const unsubscribe = useLab.subscribe((state, before) => {
    const key = keyOf(state);
    if (key !== null && key !== keyOf(before)) read();
  });
  return () => {
    turn++;
    unsubscribe();
  };
}
