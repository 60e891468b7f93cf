/** The branches of a session as a tree. */
import type { SessionBranch } from "../../../session/forms";

export interface Listed {
  branch: SessionBranch;
  /** How many branches it is away from the first one. */
  level: number;
}

/** All branches, each behind its parent. */
export function listed(branches: readonly SessionBranch[], parent: number | null = null, level = 0): Listed[] {
  return branches.filter((branch) => branch.parent === parent).flatMap((branch) => [{ branch, level }, ...listed(branches, branch.id, level + 1)]);
}

/** The way from a branch to the first one, with the position up to which each is followed. */
function wayOf(branches: readonly SessionBranch[], id: number): Map<number, number> {
  const way = new Map<number, number>();
  let until = Infinity;
  for (let at: number | null = id; at !== null && !way.has(at);) {
    way.set(at, until);
    const branch = branches.find((each) => each.id === at);
    until = Math.min(until, branch?.fork ?? 0);
    at = branch?.parent ?? null;
  }
  return way;
}

/** Up to which position two branches are the same, as far as their forks tell; 0 of one that is not known. */
export function sharedPosition(branches: readonly SessionBranch[], one: number, other: number): number {
  if (one === other) return Infinity;
  const [mine, theirs] = [wayOf(branches, one), wayOf(branches, other)];
  for (const [branch, until] of mine) {
    const same = theirs.get(branch);
    if (same !== undefined) return Math.min(until, same);
  }
  return 0;
}
