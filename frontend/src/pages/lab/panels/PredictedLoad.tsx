/** What the lab's forecast predicts for a node in the next round, with its interval. */
import { readForecasts } from "../../../api/balancing";
import { usePolled } from "../../../state/polled";
import { useRounds } from "../../../state/rounds";
import { useTranslation } from "../../../i18n/use-translation";
import { predictionText } from "../actions/forecast-text";

export function PredictedLoad({ name, forecast }: { name: string; forecast: string }) {
  const words = useTranslation();
  const { value } = usePolled(`forecast ${forecast} ${name}`, useRounds(), () => readForecasts(name));
  const predicted = value?.nodes.find((one) => one.node === name);
  return <span data-testid="predicted-load">{predicted ? predictionText(predicted, words) : words.notPredicted}</span>;
}
