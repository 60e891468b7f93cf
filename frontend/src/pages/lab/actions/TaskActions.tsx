/** Give tasks to a node, and ask the balancer to spread them now. */
import { NativeSelect, NumberInput } from "@mantine/core";
import { useState } from "react";
import { useView } from "../../../state/view";
import { useCatalog } from "../../../state/catalog";
import { useConnected, useLab } from "../../../state/lab-store";
import { useTranslation } from "../../../i18n/use-translation";
import { BalancingRules } from "./BalancingRules";
import { rebalance, tasks } from "./commands";
import { FocusableButton } from "../../../theme/FocusableButton";

const TASKS = { least: 1, start: 20 } as const;

export function TaskActions() {
  const words = useTranslation();
  const network = useLab((state) => state.lab?.network ?? null);
  const interval = useLab((state) => state.lab?.settings.rebalance_interval ?? null);
  const most = useCatalog(({ limits }) => limits?.tasks_per_request ?? null);
  const open = useConnected();
  const selected = useView((view) => (view.selection?.type === "node" ? view.selection.name : null));
  const [chosen, setChosen] = useState<string | null>(null);
  const [followed, setFollowed] = useState(selected);
  const [howMany, setHowMany] = useState<number>(TASKS.start);
  // The select follows the selection on the drawing, until another node is chosen here.
  if (selected !== followed) {
    setFollowed(selected);
    if (selected !== null) setChosen(selected);
  }
  const names = network?.names ?? [];
  const node = chosen !== null && names.includes(chosen) ? chosen : (names.at(-1) ?? "");
  return (
    <section className="group">
      <h2>{words.tasksHeading}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void tasks(node, howMany);
        }}
      >
        <div className="pair">
          <NativeSelect
            label={words.node}
            value={node}
            data={names}
            disabled={!network}
            onChange={(event) => { setChosen(event.currentTarget.value); }}
            data-testid="task-node"
          />
          <NumberInput
            label={words.count}
            value={howMany}
            min={TASKS.least}
            {...(most !== null && { max: most })}
            allowDecimal={false}
            clampBehavior="strict"
            onChange={(value) => { setHowMany(Math.max(TASKS.least, Number(value) || TASKS.least)); }}
            data-testid="task-count"
          />
        </div>
        <FocusableButton type="submit" fullWidth variant="default" disabled={!open || !network} data-testid="add-tasks">
          {words.addTasks}
        </FocusableButton>
      </form>
      <div className="action">
        <FocusableButton fullWidth variant="default" disabled={!open || !network} onClick={() => void rebalance()} data-testid="rebalance">
          {words.rebalance}
        </FocusableButton>
        {interval !== null && <p className="hint">{words.rebalanceHint(interval)}</p>}
      </div>
      <BalancingRules />
    </section>
  );
}
