/** The law of the lab's tasks: what was submitted is somewhere, each task in one state. */
import type { TaskLaw } from "../../../api/types";
import { useTranslation } from "../../../i18n/use-translation";
import { Facts } from "./Facts";

export function Law({ law }: { law: TaskLaw | null }) {
  const words = useTranslation();
  return (
    <div className="law" data-testid="law" data-lawful={law?.lawful}>
      <Facts facts={[[words.allTasks, law ? words.law(law) : words.lawUnknown]]} />
      {law?.lawful === false && <p role="alert" className="danger">{words.lawBroken}</p>}
    </div>
  );
}
