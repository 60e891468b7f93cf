/** How well the chosen forecast has predicted, beside the simplest ones, and which nodes it predicts to be overloaded. */
import { readForecasts } from "../../../api/balancing";
import { bottlenecksIn } from "../../../state/bottlenecks";
import { useEvery } from "../../../state/hooks";
import { useLab } from "../../../state/lab-store";
import { usePolled } from "../../../state/polled";
import { useRounds } from "../../../state/rounds";
import { select } from "../../../state/view";
import { say, toldOf } from "../../../i18n/say";
import { useTranslation } from "../../../i18n/use-translation";
import { scoresText } from "./forecast-text";

const LIST_INTERVAL_MS = 300;
/** The rest is among the events. */
const SHOWN = 5;

export function ForecastQuality() {
  const words = useTranslation();
  const changes = useRounds();
  const root = useLab(({ lab }) => lab?.network.names[0] ?? "");
  const forecast = useLab(({ lab }) => lab?.settings.forecast ?? "");
  const bottlenecks = useEvery(LIST_INTERVAL_MS, useLab, ({ lab }) => (lab ? bottlenecksIn(lab).join("\0") : ""));
  const { value } = usePolled(`forecast ${forecast}`, changes, () => readForecasts(root));
  const names = bottlenecks === "" ? [] : bottlenecks.split("\0");
  return (
    <div className="hint" data-testid="forecast-quality">
      {value?.problem === null && <p>{scoresText(value, words)}</p>}
      {value?.problem && <p className="danger">{words.forecastProblem(say(value.problem, toldOf(value.sentences, "problem")))}</p>}
      {names.length > 0 && (
        <p className="danger" data-testid="bottlenecks">
          {words.bottlenecks}
          {names.slice(0, SHOWN).map((name) => (
            <button key={name} type="button" className="quiet" onClick={() => { select({ type: "node", name }); }}>{name}</button>
          ))}
          {names.length > SHOWN && ` +${names.length - SHOWN}`}
        </p>
      )}
    </div>
  );
}
