/** What is the case now: tiles and bars of executors, requests and the system. */
import type { Figures, NodeState, RequestFigures, StatusCounts, TaskPriority } from "../../api/types";
import { useTokens } from "../../theme/mantine";
import { MarkIcon } from "../../graph/Legend";
import { count, duration, milliseconds, percent } from "../../i18n/format";
import { useTranslation } from "../../i18n/use-translation";
import { useWords } from "../../i18n/words";
import { Bars, type Bar } from "./Bars";
import { number } from "./format";
import { tasksLink, type TasksBehind } from "./links";
import { PRIORITIES, type Filters } from "./state";
import { ordered, STATUS_COLOURS, STATUSES, sumOf, waitingIn } from "./statuses";
import { Tiles, type Tile } from "./Tiles";
import { words } from "./words";

/** Bars of processes; the others are added up. */
const MOST_PROCESSES = 8;

const megabytes = (bytes: number): string => number(Number((bytes / 1e6).toFixed(bytes >= 1e8 ? 0 : 1)));

export function ExecutorsNow({ executors }: { executors: Figures["executors"] }) {
  const { tiles, hints } = useWords(words);
  const { all, active, inactive } = executors;
  return (
    <Tiles
      tiles={[
        { id: "executors", name: tiles.all, value: count(all) },
        { id: "active", name: tiles.active, value: count(active), hint: hints.active },
        { id: "inactive", name: tiles.inactive, value: count(inactive), hint: hints.inactive, tone: inactive > 0 ? "warn" : undefined },
      ]}
    />
  );
}

export function ExecutorBars({ executors }: { executors: Figures["executors"] }) {
  const said = useWords(words);
  const { conditions } = useTranslation();
  const tokens = useTokens();
  const roles = Object.entries(executors.by_role).map(([role, { all, active }]): Bar => ({
    id: role, name: role, value: all, text: said.activeOf(count(active), count(all)),
    parts: [{ name: said.tiles.active, value: active, colour: tokens.accent }, { name: said.tiles.inactive, value: all - active, colour: tokens.link }],
  }));
  const states = (Object.entries(executors.by_state) as [NodeState, number][]).map(([state, value]): Bar => ({
    id: state, name: conditions[state], value, mark: <MarkIcon condition={state} />,
  }));
  return (
    <>
      <Bars id="role" title={said.bars.byRole} bars={roles} empty={said.noneMatch} />
      <Bars id="state" title={said.bars.byState} bars={states} empty={said.noneMatch} />
    </>
  );
}

export function RequestsNow({ requests }: { requests: RequestFigures }) {
  const { tiles, hints, spans, units } = useWords(words);
  const { by_status, rate_in, rate_out, rate_s, oldest_waiting_s, deadlines_missed, deadlines_soon } = requests;
  const over = spans.rate(duration(rate_s));
  const rate = (value: number | null) => (value === null ? "–" : number(Number(value.toFixed(2))));
  const all: Tile[] = [
    { id: "waiting", name: tiles.waiting, value: count(waitingIn(by_status)), hint: hints.waiting },
    { id: "running", name: tiles.running, value: count(by_status.running) },
    { id: "rate-in", name: tiles.rateIn, value: rate(rate_in), unit: units.perSecond, hint: `${hints.rateIn} (${over})` },
    { id: "rate-out", name: tiles.rateOut, value: rate(rate_out), unit: units.perSecond, hint: `${hints.rateOut} (${over})` },
    { id: "oldest", name: tiles.oldest, value: oldest_waiting_s === null ? "–" : duration(oldest_waiting_s) },
    { id: "missed", name: tiles.missed, value: count(deadlines_missed), hint: hints.missed, tone: deadlines_missed > 0 ? "bad" : undefined },
    { id: "soon", name: tiles.soon, value: count(deadlines_soon), hint: hints.soon, tone: deadlines_soon > 0 ? "warn" : undefined },
  ];
  return <Tiles tiles={all} />;
}

export function RequestBars({ requests, filters }: { requests: RequestFigures; filters: Filters }) {
  const said = useWords(words);
  const { statuses, priorities } = useTranslation();
  const tokens = useTokens();
  const link = (name: string, n: number, behind: TasksBehind) => ({ to: tasksLink(filters, behind), label: said.showTasks(name, n) });
  const parts = (counts: StatusCounts) => STATUSES.map((status) => ({ name: statuses[status], value: counts[status], colour: tokens[STATUS_COLOURS[status]] }));
  const group = (id: string, name: string, counts: StatusCounts, behind: TasksBehind | null): Bar => ({
    id, name, value: sumOf(counts), parts: parts(counts), ...(behind && link(name, sumOf(counts), behind)),
  });
  const status = STATUSES.map((one): Bar => {
    const value = requests.by_status[one];
    const name = statuses[one];
    return { id: one, name, value, parts: [{ name, value, colour: tokens[STATUS_COLOURS[one]] }], ...link(name, value, { status: one }) };
  });
  const priority = PRIORITIES.flatMap((one: TaskPriority) => {
    const counts = requests.by_priority[one];
    return counts ? [group(one, priorities[one], counts, { priority: [one] })] : [];
  });
  // The sum of all others cannot be asked for.
  const groups = (by: Record<string, StatusCounts>, unnamed: string, key: "category" | "node", others: number) =>
    ordered(by).map(([name, counts]) => {
      const together = name === "other" && others > 0;
      return group(name || "-", together ? said.other : name || unnamed, counts, together ? null : { [key]: [name] });
    });
  return (
    <>
      <Bars id="status" title={said.bars.byStatus} bars={status} empty={said.noneMatch} />
      <Bars id="priority" title={said.bars.byPriority} bars={priority} empty={said.noneMatch} />
      <Bars id="category" title={said.bars.byCategory} bars={groups(requests.by_category, said.noCategory, "category", requests.other_categories)} empty={said.noneMatch} />
      <Bars id="node" title={said.bars.byNode} bars={groups(requests.by_node, said.noNode, "node", requests.other_nodes)} empty={said.noneMatch} />
    </>
  );
}

export function SystemNow({ system }: { system: Figures["system"] }) {
  const { tiles, hints, journal, units } = useWords(words);
  const { load, capacity, efficiency, imbalance, moves, waves_per_minute, browsers, listeners, memory } = system;
  const bytes = memory.reduce((sum, process) => sum + process.bytes, 0);
  const all: Tile[] = [
    { id: "load", name: tiles.load, value: `${count(load)} / ${count(capacity)}`, hint: hints.load },
    { id: "efficiency", name: tiles.efficiency, value: efficiency === null ? "–" : percent(efficiency), hint: hints.efficiency },
    { id: "imbalance", name: tiles.imbalance, value: number(Number(imbalance.toFixed(2))), hint: hints.imbalance },
    { id: "moves", name: tiles.moves, value: count(moves) },
    { id: "waves", name: tiles.waves, value: number(Number(waves_per_minute.toFixed(1))), unit: units.perMinute },
    { id: "browsers", name: tiles.viewers, value: count(browsers) },
    { id: "listeners", name: tiles.listeners, value: count(listeners), hint: hints.listeners },
    {
      id: "journal", name: tiles.journal, value: system.journal.read_ms === null ? journal[system.journal.state] : milliseconds(system.journal.read_ms),
      hint: `${journal[system.journal.state]}. ${hints.journal}`, tone: system.journal.state === "unreadable" ? "bad" : undefined,
    },
    { id: "memory", name: tiles.memory, value: megabytes(bytes), unit: units.bytes },
  ];
  return <Tiles tiles={all} />;
}

export function MemoryBars({ memory }: { memory: Figures["system"]["memory"] }) {
  const said = useWords(words);
  const most = memory.slice(0, MOST_PROCESSES - 1);
  const rest = memory.slice(MOST_PROCESSES - 1);
  const others = { name: "other", pid: null, nodes: 0, bytes: rest.reduce((sum, { bytes }) => sum + bytes, 0) };
  const processes: Readonly<Record<string, string>> = said.processes;
  const nameOf = (name: string, nodes: number) => (nodes > 1 ? `${name} (${count(nodes)} ${said.nodesShown(nodes)})` : processes[name] ?? name);
  const bars = (rest.length > 0 ? [...most, others] : most).map(({ name, pid, nodes, bytes }): Bar => ({
    id: name, name: pid === null ? said.other : nameOf(name, nodes), value: bytes, text: `${megabytes(bytes)} ${said.units.bytes}`,
  }));
  return <Bars id="memory" title={said.bars.memory} bars={bars} empty={said.notThere} />;
}
