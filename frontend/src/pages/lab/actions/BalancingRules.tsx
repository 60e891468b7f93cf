/** By which rules the lab balances: chosen while it runs, and what the last round of them did. */
import { NativeSelect } from "@mantine/core";
import { NO_FORECAST, readRebalancing, rulesIn, type Rule, type RuleChoice } from "../../../api/balancing";
import { when } from "../../../i18n/format";
import { Said, say, toldOf } from "../../../i18n/say";
import { useTranslation } from "../../../i18n/use-translation";
import { useCatalog } from "../../../state/catalog";
import { useConnected, useLab } from "../../../state/lab-store";
import { usePolled } from "../../../state/polled";
import { useRounds } from "../../../state/rounds";
import { chooseRule } from "./commands";
import { ForecastQuality } from "./ForecastQuality";
import { roundText } from "./rebalance-outcome";

function RuleSelect({ rule, name, choices }: { rule: Rule; name: string; choices: readonly RuleChoice[] }) {
  const words = useTranslation();
  const open = useConnected();
  const none: RuleChoice = { name: NO_FORECAST, title: words.noForecast, summary: words.noForecastHint };
  const known = rule === "forecast" ? [none, ...choices] : choices;
  const chosen = known.find((one) => one.name === name);
  // A user's own is in no list of the lab's.
  const all = chosen ? known : [{ name, title: name, summary: "" }, ...known];
  return (
    <NativeSelect
      label={words.rules[rule]}
      value={name}
      data={all.map((one) => ({
        value: one.name, label: one.missing ? words.notInstalled(say(one.title)) : say(one.title), disabled: Boolean(one.missing),
      }))}
      description={chosen && <span title={chosen.wins && say(chosen.wins)}><Said text={chosen.summary} /></span>}
      inputWrapperOrder={["label", "input", "description"]}
      aria-disabled={!open}
      onChange={(event) => { if (open) void chooseRule(rule, event.currentTarget.value); }}
      data-testid={`rule-${rule}`}
    />
  );
}

/** What the last round did; it may be another policy's than the one that is chosen since. */
function LastRound() {
  const words = useTranslation();
  const changes = useRounds();
  const policies = useCatalog(({ rules }) => rules.policy) ?? [];
  const { value } = usePolled("rebalancing", changes, readRebalancing);
  if (!value) return null;
  const { last, problem } = value;
  const title = policies.find(({ name }) => name === last?.policy)?.title ?? last?.policy ?? "";
  return (
    <div className="hint" data-testid="last-round">
      {problem !== null && <p className="danger">{words.noRound(say(problem, toldOf(value.sentences, "problem")))}</p>}
      {problem === null && last && <p>{words.lastRound(when(last.time), say(title), roundText(last, words))}</p>}
      {problem === null && !last && <p>{words.noRoundYet}</p>}
    </div>
  );
}

export function BalancingRules() {
  const settings = useLab(({ lab }) => lab?.settings ?? null);
  const lists = useCatalog(({ rules }) => rules);
  if (!settings) return null;
  return (
    <>
      {rulesIn(settings).map(([rule, name]) => <RuleSelect key={rule} rule={rule} name={name} choices={lists[rule] ?? []} />)}
      {settings.forecast !== NO_FORECAST && <ForecastQuality />}
      <LastRound />
    </>
  );
}
