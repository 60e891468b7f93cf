/** Links of a node beside the tree: what makes a ring of a chain. Those of the tree itself stay. */
import { NativeSelect } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "../../../i18n/use-translation";
import { linksOf } from "../../../state/deploy";
import type { Network } from "../../../state/lab";
import { useConnected } from "../../../state/lab-store";
import { FocusableButton } from "../../../theme/FocusableButton";
import { link, unlink } from "../actions/commands";

export function NodeLinks({ name, network }: { name: string; network: Network }) {
  const words = useTranslation();
  const open = useConnected();
  const [chosen, setChosen] = useState("");
  const { possible, beside } = linksOf(network, network.indexOf.get(name) ?? -1);
  const other = possible.includes(chosen) ? chosen : (possible[0] ?? "");
  if (possible.length === 0 && beside.length === 0) return null;
  return (
    <details className="add-node" data-testid="node-links">
      <summary>{words.links.heading}{beside.length > 0 && `: ${beside.join(", ")}`}</summary>
      <form
        className="group"
        onSubmit={(event) => {
          event.preventDefault();
          if (open && other !== "") void link(name, other);
        }}
      >
        <NativeSelect
          label={words.links.to}
          value={other}
          data={possible}
          onChange={(event) => { setChosen(event.currentTarget.value); }}
          data-testid="link-to"
        />
        <FocusableButton type="submit" variant="default" disabled={!open || other === ""} data-testid="link-add">{words.links.add}</FocusableButton>
        {beside.map((one) => (
          <FocusableButton key={one} variant="default" disabled={!open} onClick={() => void unlink(name, one)}>{words.links.remove(one)}</FocusableButton>
        ))}
      </form>
    </details>
  );
}
