import { expect, it } from "vitest";
import type { Forecasts } from "../../../../src/api/types";
import { en } from "../../../../src/i18n/en";
import { predictionText, scoresText } from "../../../../src/pages/lab/actions/forecast-text";

const PREDICTED = { node: "a", cpu: 4, load: 3, mean: 5.24, low: 3, high: 7.46, cold: false, bottleneck: true };

type Model = Forecasts["models"][number];

const model = (name: string, score: Model["score"]): Model => ({
  name, title: name.toUpperCase(), summary: "", source: "", knows: "", wins: "", missing: null, score,
});

it("says a prediction with its interval, and that little was learnt", () => {
  expect(predictionText(PREDICTED, en)).toBe("5.2 (3.0 to 7.5)");
  expect(predictionText({ ...PREDICTED, cold: true }, en)).toBe("5.2 (3.0 to 7.5), little is learnt yet");
});

it("says how good the chosen forecast is beside the others that are scored", () => {
  const models = [
    model("last", { values: 9, error: 2, coverage: 0.9, better: null }),
    model("holt", { values: 9, error: 1.5, coverage: 0.811, better: 25 }),
    model("unscored", null),
  ];
  expect(scoresText({ models, forecast: "holt" }, en)).toBe(
    "Wrong by 1.50 cores on average (25\u202f% better than the last value; LAST: 2.00); 81\u202f% of the loads were in their interval.",
  );
  expect(scoresText({ models, forecast: "last" }, en)).toContain("(HOLT: 1.50)");
  expect(scoresText({ models: [model("holt", { values: 9, error: 3, coverage: 1, better: -50 })], forecast: "holt" }, en)).toContain(
    "(50\u202f% worse than the last value)",
  );
});

it("says so where nothing was compared yet", () => {
  expect(scoresText({ models: [model("holt", { values: 0, error: null, coverage: null, better: null })], forecast: "holt" }, en)).toBe(en.noScore);
});
