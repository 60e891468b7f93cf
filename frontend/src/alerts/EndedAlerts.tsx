/** The alerts that are over: what each said, when it ended, and how long it had lasted. Asked for while somebody looks. */
import type { Alert } from "../api/types";
import { duration, when } from "../i18n/format";
import { useTranslation } from "../i18n/use-translation";
import { useWords } from "../i18n/words";
import { usePolled } from "../state/polled";
import { alertText, readEnded } from "./alerts";
import { words as alertWords } from "./words";

function Ended({ alert }: { alert: Alert }) {
  const words = useWords(alertWords);
  const { since, resolved } = alert;
  return (
    <li data-testid={`ended-${alert.id}`}>
      <span>{alertText(alert)}</span>
      {resolved !== null && <small>{words.ended(when(resolved), duration(resolved - since))}</small>}
    </li>
  );
}

/** `changed`: what differs once an alert may have ended. */
export function EndedAlerts({ changed }: { changed: string }) {
  const words = useWords(alertWords);
  const page = useTranslation();
  const { value, problem } = usePolled("ended alerts", changed, readEnded);
  if (problem) return <p className="alert-none" role="alert">{page.failed}</p>;
  if (!value || value.length === 0) return null;
  return (
    <section className="alerts-ended" aria-label={words.endedTitle}>
      <h3>{words.endedTitle}</h3>
      <ul className="alert-list" data-testid="alerts-ended">{value.map((alert) => <Ended key={alert.id} alert={alert} />)}</ul>
    </section>
  );
}
