/** How far it is with all tasks that match, while they are changed; it can be stopped. */
import { useWords } from "../../i18n/words";
import { words } from "../../tasks/bulk-words";
import { stopSweep, useSweep } from "../../tasks/sweep";
import { FocusableButton } from "../../theme/FocusableButton";

export function SweepBar() {
  const own = useWords(words);
  const { sweep, stopping } = useSweep();
  if (!sweep) return null;
  const { action, matching, done, refused } = sweep;
  return (
    <div className="selection" role="group" aria-label={own.swept[action]} data-testid="sweep">
      <b>{own.swept[action]}</b>
      <progress aria-label={own.swept[action]} value={done + refused} max={Math.max(matching.tasks, done + refused, 1)} />
      <span className="figure">{own.sweptOf(done, matching)}</span>
      <FocusableButton variant="default" disabled={stopping} onClick={stopSweep} data-testid="stop-sweep">{own.stop}</FocusableButton>
    </div>
  );
}
