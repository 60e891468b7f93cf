/** Which time is shown, of what, and whether it goes on: the bar above the charts. */
import { NativeSelect } from "@mantine/core";
import { memo, useMemo } from "react";
import { useMedia } from "../../state/hooks";
import { useLab } from "../../state/lab-store";
import { clockTime } from "../../i18n/format";
import { useTranslation } from "../../i18n/use-translation";
import { useWords } from "../../i18n/words";
import { axisTime } from "../../charts/scale";
import { Icon } from "../../theme/Icon";
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

interface ChoiceProps {
  name: keyof Filters;
  value: string | null;
  values: readonly (readonly [string, string])[];
  change: ToolbarProps["change"];
}

/** One filter. There may be a thousand nodes to choose from: they are not made anew with each answer. */
const Choice = memo(function Choice({ name, value, values, change }: ChoiceProps) {
  const said = useWords(words);
  const known = value === null || values.some(([one]) => one === value) ? values : [[value, value] as const, ...values];
  return (
    <NativeSelect
      label={said.filter[name]}
      value={value ?? ""}
      data={[{ value: "", label: said.every }, ...known.map(([one, label]) => ({ value: one, label }))]}
      onChange={(event) => { change({ [name]: event.currentTarget.value || null }); }}
      data-testid={`filter-${name}`}
    />
  );
});

const NO_NAMES: readonly string[] = [];
const useSame = (all: readonly string[]) => useMemo(() => all.map((one) => [one, one] as const), [all]);

function Choices({ state, change, figures }: Omit<ToolbarProps, "range">) {
  const said = useWords(words);
  const { priorities } = useTranslation();
  const nodes = useSame(useLab(({ lab }) => lab?.network.names) ?? NO_NAMES);
  const roles = useSame(useSeen(Object.keys(figures?.executors.by_role ?? {})));
  const categories = useSame(useSeen(Object.keys(figures?.requests?.by_category ?? {}).filter((name) => name !== "")));
  const urgencies = useMemo(() => PRIORITIES.map((one) => [one, priorities[one]] as const), [priorities]);
  return (
    <div className="dash-choices" role="group" aria-label={said.filters}>
      <Choice name="role" value={state.role} values={roles} change={change} />
      <Choice name="node" value={state.node} values={nodes} change={change} />
      <Choice name="priority" value={state.priority} values={urgencies} change={change} />
      <Choice name="category" value={state.category} values={categories} change={change} />
      {isFiltered(state) && <button type="button" className="quiet" onClick={() => { change(NO_FILTERS); }} data-testid="clear-filters">{said.clear}</button>}
    </div>
  );
}

export function Toolbar({ state, change, range, figures }: ToolbarProps) {
  const said = useWords(words);
  const phone = useMedia("(max-width: 760px)");
  const choices = <Choices state={state} change={change} figures={figures} />;
  const set = [state.role, state.node, state.priority, state.category].filter((value) => value !== null).length;
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
