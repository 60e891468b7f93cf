/** By which rules the lab balances: chosen while it runs, and what the last round of them did. */
import { NativeSelect } from "@mantine/core";
import { readRebalancing, rulesIn, type Rule, type RuleChoice } from "../../../api/balancing";
import { when } from "../../../i18n/format";
import { useTranslation } from "../../../i18n/use-translation";
import { useCatalog } from "../../../state/catalog";
import { useEvery } from "../../../state/hooks";
import { useConnected, useLab } from "../../../state/lab-store";
import { usePolled } from "../../../state/polled";
import { chooseRule } from "./commands";
import { roundText } from "./rebalance-outcome";

const ROUND_INTERVAL_MS = 500;

function RuleSelect({ rule, name, choices }: { rule: Rule; name: string; choices: readonly RuleChoice[] }) {
  const words = useTranslation();
  const open = useConnected();
  const chosen = choices.find((one) => one.name === name);
  // A user's own is in no list of the lab's.
  const all = chosen ? choices : [{ name, title: name, summary: "" }, ...choices];
  return (
    <NativeSelect
      label={words.rules[rule]}
      value={name}
      data={all.map((one) => ({ value: one.name, label: one.title }))}
      description={chosen && <span title={chosen.wins}>{chosen.summary}</span>}
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
  // Every round begins with a wave, and each of its moves is an event.
  const changes = useEvery(ROUND_INTERVAL_MS, useLab, ({ lab }) => {
    const wave = lab?.waves.findLast(({ purpose }) => purpose === "rebalance");
    const move = lab?.events.findLast(({ kind }) => kind === "move");
    return `${wave?.id ?? ""} ${wave?.state ?? ""} ${move?.seq ?? ""}`;
  });
  const policies = useCatalog(({ rules }) => rules.policy) ?? [];
  const { value } = usePolled("rebalancing", changes, readRebalancing);
  if (!value) return null;
  const { last, problem } = value;
  const title = policies.find(({ name }) => name === last?.policy)?.title ?? last?.policy ?? "";
  return (
    <div className="hint" data-testid="last-round">
      {problem !== null && <p className="danger">{words.noRound(problem)}</p>}
      {problem === null && last && <p>{words.lastRound(when(last.time), title, roundText(last, words))}</p>}
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
      <LastRound />
    </>
  );
}
