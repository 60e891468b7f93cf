/** The rows of the table of executors. */
import type { Executor } from "../api/types";

/** All roles of a node: its own, and those beside it. */
export const rolesOf = ({ role, roles }: Pick<Executor, "role" | "roles">): string[] => [...new Set([role, ...roles])];

/** Executors whose name, roles or status hold `text`. */
export function foundExecutors(all: readonly Executor[], text: string): Executor[] {
  const wanted = text.trim().toLowerCase();
  const holds = (said: string) => said.toLowerCase().includes(wanted);
  return all.filter((executor) => [executor.name, executor.status, ...rolesOf(executor)].some(holds));
}
