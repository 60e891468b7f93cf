/** Replace the running network by another: shape, size, seed. */
import { Button, NativeSelect, NumberInput } from "@mantine/core";
import { useState } from "react";
import { useLab } from "../../../state/lab-store";
import { useTranslation } from "../../../i18n/use-translation";
import { replaceNetwork } from "./commands";
import { hasOwnSize, sizeFor } from "./shapes";

const SIZE = { least: 1, most: 1_000, start: 15 } as const;
const SEED = { least: 0, most: 2 ** 31 - 1, start: 1 } as const;

export function TopologyActions() {
  const words = useTranslation();
  const open = useLab((state) => state.connection === "open");
  const [shape, setShape] = useState("binary");
  const [size, setSize] = useState<number>(SIZE.start);
  const [seed, setSeed] = useState<number>(SEED.start);
  const fitting = sizeFor(shape, size);
  return (
    <section className="group">
      <h2>{words.topologyHeading}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setSize(fitting);
          void replaceNetwork(shape, hasOwnSize(shape) ? null : fitting, seed);
        }}
      >
        <NativeSelect
          label={words.shape}
          value={shape}
          data={Object.entries(words.shapes).map(([value, label]) => ({ value, label }))}
          onChange={(event) => { setShape(event.currentTarget.value); }}
          data-testid="shape"
        />
        <div className="pair">
          <NumberInput
            label={words.size}
            value={size}
            min={SIZE.least}
            max={SIZE.most}
            allowDecimal={false}
            disabled={hasOwnSize(shape)}
            onChange={(value) => { setSize(Math.max(SIZE.least, Number(value) || SIZE.least)); }}
            onBlur={() => { setSize(fitting); }}
            data-testid="size"
          />
          <NumberInput
            label={words.seed}
            value={seed}
            min={SEED.least}
            max={SEED.most}
            allowDecimal={false}
            allowNegative={false}
            onChange={(value) => { setSeed(Number(value) || 0); }}
            data-testid="seed"
          />
        </div>
        <Button type="submit" fullWidth variant="default" disabled={!open} data-testid="regenerate">
          {words.regenerate}
        </Button>
        <p className="hint">{words.regenerateHint}</p>
      </form>
    </section>
  );
}
