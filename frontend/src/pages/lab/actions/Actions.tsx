/** The left edge: what can be done, few and in words. */
import { useTranslation } from "../../../i18n/use-translation";
import { TaskActions } from "./TaskActions";
import { DeployActions } from "./DeployActions";
import { TopologyActions } from "./TopologyActions";
import { WaveActions } from "./WaveActions";

export function Actions() {
  const words = useTranslation();
  return (
    <nav className="actions scroll" aria-label={words.actions}>
      <WaveActions />
      <TaskActions />
      <DeployActions />
      <TopologyActions />
    </nav>
  );
}
