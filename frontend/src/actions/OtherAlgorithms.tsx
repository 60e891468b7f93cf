/** Every other algorithm that the lab knows, users' own among them: what it costs here, or why it cannot run. */
import { Button, NativeSelect } from "@mantine/core";
import { useEffect, useMemo, useState } from "react";
import { listAlgorithms, type Algorithm } from "../contract/algorithms";
import { useLab } from "../stream/store";
import { useWords } from "../words/use";
import { ALGORITHMS } from "./bounds";
import { wave } from "./run";

const hasButton = (name: string) => ALGORITHMS.some((one) => one === name);

/** `initiator`: who starts, or null for whoever usually does. */
export function OtherAlgorithms({ initiator }: { initiator: string | null }) {
  const words = useWords();
  const version = useLab((state) => state.lab?.network.version ?? null);
  const open = useLab((state) => state.link === "open");
  const [algorithms, setAlgorithms] = useState<readonly Algorithm[]>([]);
  const [chosen, setChosen] = useState("");

  useEffect(() => {
    if (!open || version === null) return undefined;
    const asked = { current: true };
    void listAlgorithms().then((found) => { if (asked.current) setAlgorithms(found); }, () => undefined);
    return () => { asked.current = false; };
  }, [open, version]);

  const others = useMemo(() => algorithms.filter(({ name }) => !hasButton(name)), [algorithms]);
  const algorithm = others.find(({ name }) => name === chosen) ?? others[0];
  if (!algorithm) return null;
  const cost = algorithm.bound === null ? null
    : `${algorithm.bound_text ?? ""} ${algorithm.bound_kind === "exactly" ? "=" : "≤"} ${algorithm.bound}`;
  return (
    <div className="action">
      <NativeSelect
        label={words.otherAlgorithm}
        aria-label={words.otherAlgorithm}
        value={algorithm.name}
        data={others.map(({ name, title }) => ({ value: name, label: title }))}
        onChange={(event) => { setChosen(event.currentTarget.value); }}
        data-testid="other-algorithm"
      />
      <Button
        fullWidth
        variant="default"
        mt="xs"
        disabled={!open || (algorithm.refused.length > 0 && initiator === null)}
        data-testid="start-other"
        onClick={() => void wave(algorithm.name, initiator)}
      >
        {words.startOther(algorithm.title)}
      </Button>
      <p className="hint" data-testid="other-cost">{algorithm.refused[0] ?? (cost && words.otherCost(cost))}</p>
    </div>
  );
}
