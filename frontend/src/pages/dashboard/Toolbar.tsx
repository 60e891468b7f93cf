/** Which time is shown, of what, and whether it goes on: the bar above the charts. */
import { NativeSelect } from "@mantine/core";
import { useMemo } from "react";
import { useMedia } from "../../state/hooks";
import { useLab } from "../../state/lab-store";
import { clockTime } from "../../i18n/format";
import { useTranslation } from "../../i18n/use-translation";
import { useWords } from "../../i18n/words";
import { axisTime } from "../../charts/scale";
import { Icon } from "../../theme/Icon";
import { Several } from "../../tasks/Several";
import type { Figures } from "../../api/types";
import { labNow } from "./answers";
import { isFiltered, NO_FILTERS, PRIORITIES, type Dashboard, type Filters } from "./state";
import { useSeen } from "./seen";
import { isLive, RANGES, shifted, type RangeName } from "./window";
import { words } from "./words";

interface ToolbarProps {
  state: Dashboard;
  change: (changes: Partial<Dashboard>) => void;
  range: [number, number];
  figures: Figures | null;
}

const ZOOMED = "zoomed";

function Time({ state, change, range }: Omit<ToolbarProps, "figures">) {
  const said = useWords(words);
  const zoomed = state.since !== null || state.until !== null;
  const [since, until] = range;
  const goTo = (steps: number) => { change({ ...shifted(range, steps, labNow()), paused: null }); };
  const wider = () => {
    const half = until - since;
    const next = Math.min(until + half / 2, labNow());
    change({ since: Math.max(0, Math.floor(next - 2 * half)), until: Math.ceil(next), paused: null });
  };
  return (
    <div className="dash-time" role="group" aria-label={said.time}>
      <NativeSelect
        aria-label={said.range}
        value={zoomed ? ZOOMED : state.range}
        data={[
          ...(zoomed ? [{ value: ZOOMED, label: said.zoomedTo(axisTime(since, until - since), axisTime(until, until - since)) }] : []),
          ...RANGES.map((range) => ({ value: range, label: said.ranges[range] })),
        ]}
        onChange={(event) => {
          const { value } = event.currentTarget;
          if (value !== ZOOMED) change({ range: value as RangeName, since: null, until: null });
        }}
        data-testid="range"
      />
      <button type="button" className="quiet" onClick={() => { goTo(-1); }} title={said.earlier} aria-label={said.earlier} data-testid="earlier">‹</button>
      <button type="button" className="quiet" onClick={() => { goTo(1); }} title={said.later} aria-label={said.later} data-testid="later">›</button>
      <button type="button" className="quiet" onClick={wider} title={said.wider} aria-label={said.wider} data-testid="wider"><Icon name="minus" /></button>
      {isLive(state)
        ? <button type="button" className="quiet" onClick={() => { change({ paused: Math.floor(labNow()) }); }} data-testid="pause"><Icon name="pause" /> {said.pause}</button>
        : <button type="button" className="quiet" onClick={() => { change({ paused: null, since: null, until: null }); }} data-testid="resume"><Icon name="play" /> {zoomed ? said.follow : said.resume}</button>}
      {state.paused !== null && !zoomed && <span className="hint" role="status">{said.pausedAt(clockTime(state.paused))}</span>}
    </div>
  );
}

const NO_NAMES: readonly string[] = [];
const NOTHING: Readonly<Record<string, unknown>> = {};
/** Names as they are chosen; the unnamed one, where it is there, is last. */
const useNamed = (all: readonly string[], unnamed: string) =>
  useMemo(() => [...all.filter((one) => one !== ""), ...(all.includes("") ? [""] : [])].map((one) => [one, one || unnamed] as const), [all, unnamed]);

function Choices({ state, change, figures }: Omit<ToolbarProps, "range">) {
  const said = useWords(words);
  const { priorities } = useTranslation();
  const names = useLab(({ lab }) => lab?.network.names) ?? NO_NAMES;
  const nodes = useNamed(useMemo(() => [...names, ""], [names]), said.noNode);
  const { by_category = NOTHING, by_role = NOTHING, other_categories = 0 } = figures?.requests ?? {};
  // Those of the rest together are none that could be chosen.
  const categories = useNamed(useSeen(Object.keys(by_category).filter((name) => name !== "other" || other_categories === 0)), said.noCategory);
  const roles = useNamed(useSeen([...Object.keys(figures?.executors.by_role ?? NOTHING), ...Object.keys(by_role)]), said.noRole);
  const urgencies = useMemo(() => PRIORITIES.map((one) => [one, priorities[one]] as const), [priorities]);
  const values: Record<keyof Filters, readonly (readonly [string, string])[]> = { role: roles, node: nodes, priority: urgencies, category: categories };
  const chooses = useMemo(() => {
    const of = (name: keyof Filters) => (chosen: string[]) => { change({ [name]: chosen }); };
    return { role: of("role"), node: of("node"), priority: of("priority"), category: of("category") };
  }, [change]);
  return (
    <div className="dash-choices" role="group" aria-label={said.filters}>
      {(Object.keys(NO_FILTERS) as (keyof Filters)[]).map((name) => (
        <Several key={name} id={`filter-${name}`} label={said.filter[name]} chosen={state[name]} values={values[name]} choose={chooses[name]} />
      ))}
      {isFiltered(state) && <button type="button" className="quiet" onClick={() => { change(NO_FILTERS); }} data-testid="clear-filters">{said.clear}</button>}
    </div>
  );
}

export function Toolbar({ state, change, range, figures }: ToolbarProps) {
  const said = useWords(words);
  const phone = useMedia("(max-width: 760px)");
  const choices = <Choices state={state} change={change} figures={figures} />;
  const set = [state.role, state.node, state.priority, state.category].filter((values) => values.length > 0).length;
  return (
    <div className="dash-bar">
      <Time state={state} change={change} range={range} />
      {phone
        ? (
          <details open={state.filters} onToggle={(event) => { change({ filters: event.currentTarget.open }); }}>
            <summary>{said.filters}{set > 0 && ` (${set})`}</summary>
            {choices}
          </details>
        )
        : choices}
    </div>
  );
}
