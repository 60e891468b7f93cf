/** What is done with the tasks that are selected: cancelled, or made as urgent as is chosen; both can be taken back. */
import { NativeSelect } from "@mantine/core";
import type { Task, TaskPriority } from "../../api/types";
import { useTranslation } from "../../i18n/use-translation";
import { useWords } from "../../i18n/words";
import { useConnected } from "../../state/lab-store";
import { cancelMany, makeManyUrgent } from "../../tasks/bulk-commands";
import { FocusableButton } from "../../theme/FocusableButton";
import { words } from "./words";

interface SelectionProps {
  selected: readonly Task[];
  clear: () => void;
  refresh: () => void;
}

export function Selection({ selected, clear, refresh }: SelectionProps) {
  const page = useTranslation();
  const own = useWords(words);
  const connected = useConnected();
  return (
    <div className="selection" role="group" aria-label={own.selected(selected.length)} data-testid="selection">
      <b>{own.selected(selected.length)}</b>
      <FocusableButton variant="default" className="danger" disabled={!connected} onClick={() => { cancelMany(selected); clear(); }} data-testid="cancel-selected">{own.cancelAll}</FocusableButton>
      <NativeSelect
        aria-label={own.priorityOfAll}
        value=""
        disabled={!connected}
        data={[{ value: "", label: own.priorityOfAll }, ...Object.entries(page.priorities).map(([value, label]) => ({ value, label }))]}
        onChange={(event) => {
          const priority = event.currentTarget.value as TaskPriority | "";
          if (priority) void makeManyUrgent(selected, priority, refresh).then(clear);
        }}
        data-testid="priority-selected"
      />
      <button type="button" className="quiet" onClick={clear}>{own.clear}</button>
    </div>
  );
}
