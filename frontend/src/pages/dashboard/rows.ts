/** Which lines of a chart can be drawn of what the lab has answered. Pure. */
import type { SeriesHistory } from "../../api/types";
import type { ChartSpec, LineSpec } from "./charts";

/** What of a row of the table is known in an answer, as lines of a chart. */
export function linesOf(specs: readonly LineSpec[], series: SeriesHistory["series"], suffix = ""): { spec: LineSpec; values: (number | null)[] }[] {
  return specs.flatMap((spec) => {
    const values = series[spec.series + suffix];
    return values ? [{ spec, values }] : [];
  });
}

/** The rows that are drawn: of some nodes alone the lab keeps others. */
export const rowsOf = ({ lines, ofNodes }: ChartSpec, series: SeriesHistory["series"]): readonly LineSpec[] =>
  (ofNodes && lines.some(({ series: name }) => !(name in series)) && ofNodes.some(({ series: name }) => name in series) ? ofNodes : lines);
