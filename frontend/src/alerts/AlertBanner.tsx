/** The banner of the worst alert that fires, on every page. */
import { alertText } from "./alerts";
import { words as alertWords } from "./words";
import { told, worst } from "./worst";
import { useWords } from "../i18n/words";
import { useLab } from "../state/lab-store";

export function AlertBanner() {
  const words = useWords(alertWords);
  const alerts = useLab((state) => state.lab?.alerts ?? null);
  const alert = alerts && worst(alerts);
  if (!alert) return null;
  const more = told(alerts).length - 1;
  return (
    <section className="banner alert-banner" aria-label={words.title} data-testid="alert-banner" data-severity={alert.severity}>
      <div role="alert">
        <b>{words.severity[alert.severity]}</b>
        <span>{alertText(alert)}</span>
      </div>
      {more > 0 && <span className="figure">{words.more(more)}</span>}
    </section>
  );
}
