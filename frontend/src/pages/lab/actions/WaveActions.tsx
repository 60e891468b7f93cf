/** The buttons that start waves, each with what it costs: proven and in its last run. */
import { NativeSelect, Switch } from "@mantine/core";
import { useMemo, useState } from "react";
import { useLocation } from "wouter";
import { useEvery } from "../../../state/hooks";
import type { AlgorithmId } from "../../../api/types";
import { count, milliseconds } from "../../../i18n/format";
import { Term } from "../../../i18n/Term";
import { useConnected, useLab } from "../../../state/lab-store";
import { costOf } from "../../../i18n/formulas";
import { useCatalog } from "../../../state/catalog";
import { useTranslation } from "../../../i18n/use-translation";
import { WITH_BUTTON } from "../../../api/algorithms";
import { LinkDelayAction } from "./LinkDelay";
import { OtherAlgorithms } from "./OtherAlgorithms";
import { heldWave, wave } from "./commands";
import { holdWords } from "./hold-words";
import { useWords } from "../../../i18n/words";
import { FocusableButton } from "../../../theme/FocusableButton";

const LIST_INTERVAL_MS = 300;

export function WaveActions() {
  const words = useTranslation();
  const network = useLab((state) => state.lab?.network ?? null);
  const waves = useEvery(LIST_INTERVAL_MS, useLab, (state) => state.lab?.waves ?? null);
  const algorithms = useCatalog((catalog) => catalog.algorithms);
  const open = useConnected();
  const [chosen, setChosen] = useState("");
  const [hold, setHold] = useState(false);
  const holdSaid = useWords(holdWords);
  const [, navigate] = useLocation();
  const names = useMemo(() => network?.names ?? [], [network]);
  const root = names[0] ?? "";
  const initiator = names.includes(chosen) ? chosen : root;
  const start = async (algorithm: string) => {
    const from = initiator === root ? null : initiator;
    if (!hold) {
      await wave(algorithm, from);
      return;
    }
    const held = await heldWave(algorithm, from);
    if (held !== null) navigate(`/lab?hold=${encodeURIComponent(held)}`);
  };
  const labels: Record<AlgorithmId, string> = { echo: words.echo, "finn-lab": words.finnLab, "finn-full": words.finnFull };
  return (
    <section className="group">
      <h2><Term id="wave">{words.wavesHeading}</Term></h2>
      {WITH_BUTTON.map((algorithm) => {
        const known = algorithms.find(({ name }) => name === algorithm);
        const cost = known ? costOf(known) : null;
        const last = waves?.findLast((one) =>
            one.algorithm === algorithm && one.purpose === null && one.state !== "running" &&
            one.version === network?.version,
        );
        return (
          <div key={algorithm} className="action">
            <FocusableButton
              fullWidth
              variant={algorithm === "echo" ? "filled" : "default"}
              disabled={!open || !network}
              data-testid={`start-${algorithm}`}
              onClick={() => void start(algorithm)}
            >
              {labels[algorithm]}
            </FocusableButton>
            <p className="hint">
              {cost !== null && <Term id={algorithm}>{algorithm === "finn-lab" ? words.finnLabCost(cost) : words.messageCost(cost)}</Term>}
              <span data-testid={`last-${algorithm}`}>
                {last ? words.lastRun(count(last.messages ?? 0), milliseconds(last.duration_ms)) : words.notRunYet}
              </span>
            </p>
          </div>
        );
      })}
      <NativeSelect
        label={<Term id="initiator">{words.initiator}</Term>}
        aria-label={words.initiator}
        value={initiator}
        data={names}
        disabled={!network}
        onChange={(event) => { setChosen(event.currentTarget.value); }}
        data-testid="initiator"
      />
      <OtherAlgorithms initiator={initiator === root ? null : initiator} start={start} />
      <Switch
        size="xs"
        label={holdSaid.hold}
        description={holdSaid.holdHint}
        checked={hold}
        disabled={!network}
        onChange={(event) => { setHold(event.currentTarget.checked); }}
        data-testid="hold-messages"
      />
      <LinkDelayAction />
    </section>
  );
}
