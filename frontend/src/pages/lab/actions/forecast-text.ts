/** What is said of forecasts: a prediction with its interval, and how good the predictions were. */
import type { Forecasts, PredictedLoad } from "../../../api/types";
import { load, percent } from "../../../i18n/format";
import type { Translation } from "../../../i18n/en";

/** Errors are small, and are compared. */
const ERROR_DIGITS = 2;

/** "5.2 (3.1 to 7.4)", and where it has learnt little yet that it has. */
export function predictionText({ mean, low, high, cold }: PredictedLoad, words: Translation): string {
  const text = words.interval(load(mean), load(low), load(high));
  return cold ? `${text}, ${words.cold}` : text;
}

/** The mean error of the chosen forecast, how much better than the last value, and the errors of the others that are scored. */
export function scoresText({ models, forecast }: Pick<Forecasts, "models" | "forecast">, words: Translation): string {
  const scored = models.flatMap(({ name, title, score }) =>
    typeof score?.error !== "number" || score.coverage === null ? [] : [{ name, title, error: score.error, coverage: score.coverage, better: score.better }],
  );
  const own = scored.find(({ name }) => name === forecast);
  if (!own) return words.noScore;
  const others = scored.filter(({ name }) => name !== forecast).map(({ title, error }) => words.otherError(title, load(error, ERROR_DIGITS)));
  const better = own.better === null ? [] : [words.betterBy(Math.round(own.better))];
  return words.score(load(own.error, ERROR_DIGITS), [...better, ...others].join("; "), percent(own.coverage));
}
