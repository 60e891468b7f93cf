/** Leads to the list of tasks, from whatever they belong to: a node, a request. */
import { flushSync } from "react-dom";
import type { TaskFilters } from "../../../state/address";
import { NO_FILTERS, useTaskFilters } from "../../../state/task-filters";
import { useView } from "../../../state/view";

/** Lists the tasks for which all that is given holds, and no others; the keyboard goes on in the list. */
export function showTasksOf(filters: Partial<TaskFilters>): void {
  // What was pressed is covered or gone by then, and the list must be there to take the focus.
  flushSync(() => {
    useTaskFilters.setState({ ...NO_FILTERS, ...filters });
    useView.setState({ tab: "tasks", taskView: "list", selection: null, stage: false });
  });
  document.querySelector<HTMLElement>("[data-task-list]")?.focus({ preventScroll: true });
}
