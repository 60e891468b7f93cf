/** What is done with the tasks that are selected: cancelled, or made as urgent as is chosen; both can be taken back. */
import { NativeSelect } from "@mantine/core";
import { countTasks } from "../../api/tasks";
import type { Task, TaskPriority, TaskQuery } from "../../api/types";
import { useTranslation } from "../../i18n/use-translation";
import { useWords } from "../../i18n/words";
import { useConnected } from "../../state/lab-store";
import { usePolled } from "../../state/polled";
import { cancelMany, cancelMatching, makeManyUrgent, makeMatchingUrgent } from "../../tasks/bulk-commands";
import { words as bulkWords } from "../../tasks/bulk-words";
import { useSweep } from "../../tasks/sweep";
import { FocusableButton } from "../../theme/FocusableButton";
import { words } from "./words";

/** How often it is counted how many match, while that is offered. */
const COUNT_MS = 30_000;

interface SelectionProps {
  selected: readonly Task[];
  /** All that match are meant, loaded or not. */
  everything: boolean;
  /** Lets all be meant; null where all that match are loaded. */
  selectEverything: (() => void) | null;
  listing: { key: string; wanted: TaskQuery };
  clear: () => void;
  refresh: () => void;
}

/** The button is there once it is known how many they are. */
function Offer({ listing: { key, wanted }, select }: { listing: SelectionProps["listing"]; select: () => void }) {
  const own = useWords(bulkWords);
  const { value } = usePolled(`count ${key}`, "", () => countTasks(wanted), COUNT_MS);
  if (!value) return null;
  return <button type="button" className="quiet" onClick={select} data-testid="select-matching">{own.selectMatching(value)}</button>;
}

export function Selection({ selected, everything, selectEverything, listing, clear, refresh }: SelectionProps) {
  const page = useTranslation();
  const own = useWords(words);
  const bulk = useWords(bulkWords);
  const connected = useConnected();
  const busy = useSweep(({ sweep }) => sweep !== null);
  const said = everything ? bulk.matchingSelected : own.selected(selected.length);
  const cancel = () => {
    if (everything) void cancelMatching(listing.key, listing.wanted);
    else cancelMany(selected);
    clear();
  };
  const change = (priority: TaskPriority) => {
    if (everything) void makeMatchingUrgent(listing.wanted, priority, refresh);
    else void makeManyUrgent(selected, priority, refresh);
    clear();
  };
  return (
    <div className="selection" role="group" aria-label={said} data-testid="selection">
      <b>{said}</b>
      {selectEverything && <Offer listing={listing} select={selectEverything} />}
      <FocusableButton variant="default" className="danger" disabled={!connected || busy} onClick={cancel} data-testid="cancel-selected">{own.cancelAll}</FocusableButton>
      <NativeSelect
        aria-label={own.priorityOfAll}
        value=""
        disabled={!connected || busy}
        data={[{ value: "", label: own.priorityOfAll }, ...Object.entries(page.priorities).map(([value, label]) => ({ value, label }))]}
        onChange={(event) => {
          const priority = event.currentTarget.value as TaskPriority | "";
          if (priority) change(priority);
        }}
        data-testid="priority-selected"
      />
      <button type="button" className="quiet" onClick={clear}>{own.clear}</button>
    </div>
  );
}
