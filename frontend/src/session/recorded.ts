/**
 * A session that is over and is shown all the same: what would be asked of it is found in what was recorded of it.
 *
 * Of each branch there is what is its own; what it shares with its parent is the parent's. See
 * topowave/sessions/export/recording.py.
 */
import type { Language } from "../state/language";
import type { Answers, Difference, Fields, Here, OpenedSession, SessionBranch, SessionConditions, SessionMoment } from "./forms";
import { SessionRefusal, type Ask, type SessionSocket } from "./socket";

/** A sentence in all languages. */
type Said = Readonly<Record<Language, string>>;

type RecordedConditions = Omit<SessionConditions, "witnesses"> & { witnesses: Said[] };

interface RecordedEvent {
  rows: Fields[];
  nodes: string[];
  after: SessionMoment["after"];
  changed: SessionMoment["changed"];
  /** What the changed variables were before it. */
  was: SessionMoment["before"];
}

interface RecordedBranch extends SessionBranch {
  /** The first event of its own. */
  first: number;
  /** What was done before the first event of all. */
  begun: Fields[];
  events: RecordedEvent[];
  /** As they stand before each event and behind the last one; each has what is not as before. */
  conditions: Partial<RecordedConditions>[];
  ending: string | null;
  mistake: Said | null;
}

export interface RecordedSession {
  version: number;
  about: OpenedSession;
  /** The class's file, where it was one of somebody's own. */
  source: { name: string; text: string } | null;
  branches: RecordedBranch[];
}

/** The version of the data that is read. */
const VERSION = 1;

const told = (rows: readonly Fields[]): string => JSON.stringify(rows.map((row) => ({ ...row, seq: 0, t: 0 })));

class Recorded {
  private readonly branches: ReadonlyMap<number, RecordedBranch>;
  private readonly conditions = new Map<number, RecordedConditions[]>();
  private branch: number;
  private at: number;

  constructor(private readonly session: RecordedSession, private readonly language: () => Language) {
    if (session.version !== VERSION) throw new SessionRefusal([`version ${session.version}`]);
    this.branches = new Map(session.branches.map((each) => [each.id, each]));
    ({ branch: this.branch, at: this.at } = session.about);
  }

  private find(branch: number): RecordedBranch {
    const found = this.branches.get(branch);
    if (!found) throw new SessionRefusal([`branch ${branch}`]);
    return found;
  }

  /** How many events of a branch are known. */
  private known({ first, events }: RecordedBranch): number {
    return first - 1 + events.length;
  }

  /** An event, wherever it is recorded: a branch shares those before its own with the one that it left. */
  private event(branch: RecordedBranch, position: number): RecordedEvent | undefined {
    if (position >= branch.first || branch.parent === null) return branch.events[position - branch.first];
    return this.event(this.find(branch.parent), position);
  }

  private standing(branch: RecordedBranch, position: number): RecordedConditions | undefined {
    if (position < branch.first - 1 && branch.parent !== null) {
      return this.standing(this.find(branch.parent), position);
    }
    let found = this.conditions.get(branch.id);
    if (!found) {
      found = [];
      let last: Partial<RecordedConditions> = {};
      for (const changed of branch.conditions) {
        last = { ...last, ...changed };
        found.push(last as RecordedConditions);
      }
      this.conditions.set(branch.id, found);
    }
    return found[position - branch.first + 1];
  }

  private here(): Here {
    const branch = this.find(this.branch);
    // How it ended is told wherever one looks: that is what it is about.
    return { at: this.at, branch: branch.id, events: this.known(branch), ending: branch.ending, mistake: branch.mistake?.[this.language()] ?? null };
  }

  private lineage(branch: number): { id: number; until: number }[] {
    const found: { id: number; until: number }[] = [];
    let until = Infinity;
    for (let each: RecordedBranch | null = this.find(branch); each; each = each.parent === null ? null : this.find(each.parent)) {
      found.push({ id: each.id, until });
      until = Math.min(until, each.fork);
    }
    return found;
  }

  /** The last position that two branches share. */
  private shared(one: number, other: number): number {
    const until = new Map(this.lineage(one).map((each) => [each.id, each.until]));
    const common = this.lineage(other).find(({ id }) => until.has(id));
    return Math.min(common?.until ?? 0, until.get(common?.id ?? -1) ?? 0);
  }

  private compare(one: number, other: number): Difference | null {
    const [a, b] = [this.find(one), this.find(other)];
    const both = Math.max(this.known(a), this.known(b));
    for (let position = this.shared(one, other); position <= both; position++) {
      if (position === 0) continue;
      const [here, there] = [this.event(a, position), this.event(b, position)];
      // Where nobody has gone on it is not known what would have come.
      if ((!here && a.ending === null) || (!there && b.ending === null)) return null;
      if (told(here?.rows ?? []) !== told(there?.rows ?? [])) return { position, one: here?.rows ?? [], other: there?.rows ?? [] };
    }
    return null;
  }

  private moment(position: number): SessionMoment {
    const event = this.event(this.find(this.branch), position);
    if (!event) throw new SessionRefusal([`event ${position}`]);
    const { nodes, after, changed, was } = event;
    const before = Object.fromEntries(nodes.map((node) => {
      const kept = Object.entries(after[node] ?? {}).filter(([name]) => !changed[node]?.includes(name));
      return [node, { ...Object.fromEntries(kept), ...was[node] }];
    }));
    return { position, nodes, before, after, changed };
  }

  private standingIn(position: number): SessionConditions {
    const found = this.standing(this.find(this.branch), position);
    if (!found) throw new SessionRefusal([`event ${position}`]);
    return { ...found, witnesses: found.witnesses.map((each) => each[this.language()]) };
  }

  private firstBreak(): { position: number; broken: string[]; witnesses: string[] } | null {
    for (let position = 0; position <= this.known(this.find(this.branch)); position++) {
      const { broken, witnesses } = this.standingIn(position);
      if (broken.length > 0) return { position, broken, witnesses };
    }
    return null;
  }

  /** Goes to a position, and no further than it is recorded. */
  private go(position: number): Here {
    this.at = Math.min(Math.max(0, position), this.known(this.find(this.branch)));
    return this.here();
  }

  private readonly answers: Partial<{ [Do in keyof Answers]: (fields: Fields) => Answers[Do] }> = {
    go: ({ position }) => this.go(Number(position)),
    switch: ({ branch }) => {
      const position = Math.min(this.shared(this.branch, Number(branch)), this.at);
      this.branch = this.find(Number(branch)).id;
      return this.go(position);
    },
    branches: () => ({ branch: this.branch, branches: this.session.branches }),
    compare: ({ one, other }) => ({ difference: this.compare(Number(one), Number(other)) }),
    rows: ({ start, stop }) => {
      const branch = this.find(this.branch);
      const rows: Fields[][] = [];
      for (let position = Number(start) + 1; position <= Number(stop); position++) rows.push(this.event(branch, position)?.rows ?? []);
      return { start: Number(start), rows };
    },
    trace: () => ({ text: ["", ...this.begun(this.find(this.branch)).map((row) => JSON.stringify(row)), ""].join("\n"), next: null }),
    pending: () => ({ total: 0, pending: [] }),
    moment: () => ({ moment: this.moment(this.at) }),
    conditions: () => this.standingIn(this.at),
    break: () => ({ break: this.firstBreak() }),
  };

  /** What was done before the first event, in the branch itself or where it comes from. */
  private begun({ begun, fork, parent }: RecordedBranch): Fields[] {
    return fork > 0 && parent !== null ? this.begun(this.find(parent)) : begun;
  }

  // Never at once, as from a server. It is over: whatever would change it is refused.
  readonly ask: Ask = async (what, fields = {}) => {
    await Promise.resolve();
    const answer: ((fields: Fields) => Answers[typeof what]) | undefined = this.answers[what];
    if (!answer) throw new SessionRefusal([what]);
    return answer(fields);
  };
}

/** Answers like the session that was recorded. */
export function recordedSocket(session: RecordedSession, language: () => Language): SessionSocket {
  const { ask } = new Recorded(session, language);
  return { ask, close: () => undefined };
}
