/** Every other algorithm that the lab knows, users' own among them: what it hint here, or why it cannot run. */
import { NativeSelect } from "@mantine/core";
import { useMemo, useState } from "react";
import { othersOf } from "../../../api/algorithms";
import { costOf } from "../../../i18n/formulas";
import { useCatalog } from "../../../state/catalog";
import { useConnected } from "../../../state/lab-store";
import { say } from "../../../i18n/say";
import { useTranslation } from "../../../i18n/use-translation";
import { FocusableButton } from "../../../theme/FocusableButton";

/** `initiator`: who starts, or null for whoever usually does; `start` starts the algorithm of that name. */
export function OtherAlgorithms({ initiator, start }: { initiator: string | null; start: (algorithm: string) => Promise<void> }) {
  const words = useTranslation();
  const open = useConnected();
  const algorithms = useCatalog((catalog) => catalog.algorithms);
  const [chosen, setChosen] = useState("");
  const others = useMemo(() => othersOf(algorithms), [algorithms]);
  const algorithm = others.find(({ name }) => name === chosen) ?? others[0];
  if (!algorithm) return null;
  const cost = costOf(algorithm);
  const many = initiator === null && algorithm.initiators.length > 1 ? words.manyStart(algorithm.initiators.length) : null;
  const hint = [cost === null ? null : words.messageCost(cost), many].filter((text) => text !== null).join("; ");
  return (
    <div className="action">
      <NativeSelect
        label={words.otherAlgorithm}
        aria-label={words.otherAlgorithm}
        value={algorithm.name}
        data={others.map(({ name, title }) => ({ value: name, label: say(title) }))}
        onChange={(event) => { setChosen(event.currentTarget.value); }}
        data-testid="other-algorithm"
      />
      <FocusableButton
        fullWidth
        variant="default"
        mt="xs"
        disabled={!open || (algorithm.refused.length > 0 && initiator === null)}
        data-testid="start-other"
        onClick={() => void start(algorithm.name)}
      >
        {words.startOther(say(algorithm.title))}
      </FocusableButton>
      <p className="hint" data-testid="other-cost">{algorithm.refused[0] ?? hint}</p>
    </div>
  );
}
