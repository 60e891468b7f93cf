/** Replace the running network by another: shape, size, seed. */
import { NativeSelect, NumberInput } from "@mantine/core";
import { useState } from "react";
import { hasOwnSize, sizeFor } from "../../../api/shapes";
import { useCatalog } from "../../../state/catalog";
import { useConnected } from "../../../state/lab-store";
import { shapeName } from "../../../i18n/network-title";
import { say } from "../../../i18n/say";
import { useTranslation } from "../../../i18n/use-translation";
import { replaceNetwork } from "./commands";
import { FocusableButton } from "../../../theme/FocusableButton";

const SIZE = { least: 1, start: 15 } as const;
/** The shape that is chosen at first, where the lab has it. */
const FIRST_SHAPE = "binary";
/** What fits into the field; the lab takes any whole number from 0. */
const SEED = { least: 0, most: 2 ** 31 - 1, start: 1 } as const;

export function TopologyActions() {
  const words = useTranslation();
  const open = useConnected();
  const shapes = useCatalog((catalog) => catalog.shapes);
  const most = useCatalog(({ limits }) => limits?.generated_nodes ?? Infinity);
  const [chosen, setChosen] = useState(FIRST_SHAPE);
  const [size, setSize] = useState<number>(SIZE.start);
  const [seed, setSeed] = useState<number>(SEED.start);
  const shape = shapes.find(({ name }) => name === chosen) ?? shapes[0];
  const ownSize = shape !== undefined && hasOwnSize(shape);
  const fitting = shape ? sizeFor(shape, size, most) : size;
  return (
    <section className="group">
      <h2>{words.topologyHeading}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!shape) return;
          setSize(fitting);
          void replaceNetwork(shape.name, ownSize ? null : fitting, seed);
        }}
      >
        <NativeSelect
          label={words.shape}
          value={shape?.name ?? ""}
          title={shape && say(shape.summary)}
          data={shapes.map(({ name }) => ({ value: name, label: shapeName(words.shapes, name) }))}
          disabled={!shape}
          onChange={(event) => { setChosen(event.currentTarget.value); }}
          data-testid="shape"
        />
        <div className="pair">
          <NumberInput
            label={words.size}
            value={size}
            min={SIZE.least}
            max={most}
            allowDecimal={false}
            disabled={ownSize}
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
        <FocusableButton type="submit" fullWidth variant="default" disabled={!open || !shape} data-testid="regenerate">
          {words.regenerate}
        </FocusableButton>
        <p className="hint">{words.regenerateHint}</p>
      </form>
    </section>
  );
}
