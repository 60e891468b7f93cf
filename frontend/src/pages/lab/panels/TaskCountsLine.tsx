/** How many tasks of the lab are in which state: what was submitted is somewhere, each task in one state. */
import type { TaskTotals } from "../../../api/types";
import { useTranslation } from "../../../i18n/use-translation";
import { Facts } from "../../../theme/Facts";

export function TaskCountsLine({ counts }: { counts: TaskTotals | null }) {
  const words = useTranslation();
  return (
    <div className="law" data-testid="law" data-lawful={counts?.lawful}>
      <Facts facts={[[words.allTasks, counts ? words.taskCounts(counts) : words.taskCountsUnknown]]} />
      {counts?.lawful === false && <p role="alert" className="danger">{words.notConserved}</p>}
    </div>
  );
}
