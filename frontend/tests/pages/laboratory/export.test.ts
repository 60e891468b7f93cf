import "../../browser";
import { afterEach, beforeAll, expect, it } from "vitest";
import { speak } from "../../../src/i18n/spoken";
import { delayOf, gifOf } from "../../../src/pages/laboratory/export/gif";
import { diagramOf, laidOut } from "../../../src/pages/laboratory/export/pictures";
import { SvgContext } from "../../../src/pages/laboratory/export/svg-context";
import { general, pythonJson } from "../../../src/pages/laboratory/export/texts";
import { close, open, useLaboratory, type Opened } from "../../../src/pages/laboratory/store";
import { choose, showAll } from "../../../src/pages/laboratory/lanes/lanes";
import { MOST_ARROWS } from "../../../src/spacetime/paint";
import { readTrace } from "../../../src/spacetime/trace-file";
import { ECHO_OF_TRIANGLE, fileOf } from "../../traces";

beforeAll(() => speak("en"));
afterEach(close);

/** A run that is open, with so many of its steps and messages as are said, all the same. */
function opened(many: number): Opened {
  const [wave] = readTrace(fileOf(ECHO_OF_TRIANGLE));
  if (!wave) throw new Error("no wave");
  open("run.jsonl", [wave]);
  const found = useLaboratory.getState().opened;
  if (!found) throw new Error("not open");
  const { run } = found.index;
  const repeated = <T>(one: T | undefined): T[] => Array.from({ length: many }, () => one as T);
  return { ...found, index: { ...found.index, run: { ...run, steps: repeated(run.steps[0]), flights: repeated(run.flights[0]) } } };
}

it("refuses a diagram of more messages than are drawn, rather than draw a part of them", () => {
  const large = opened(MOST_ARROWS + 1);
  const drawn = () => {
    try {
      return diagramOf(large);
    } catch (why) {
      return why;
    }
  };
  expect(drawn()).toMatchObject({ why: { about: "large", messages: MOST_ARROWS + 1 } });
});

it("refuses an animated GIF of more frames than anybody wants to load", async () => {
  const watch = { progress: () => undefined, signal: new AbortController().signal };
  await expect(gifOf(opened(601), watch)).rejects.toMatchObject({ why: { about: "long", steps: 601, most: 600 } });
});

it("shows a frame for as long as the speed says, and the first and the last for a second at least", () => {
  expect([0, 1, 2].map((step) => delayOf(step, 3, 20))).toEqual([1_000, 50, 1_000]);
  expect([0, 1, 2].map((step) => delayOf(step, 3, 0.5))).toEqual([2_000, 2_000, 2_000]);
  expect(delayOf(1, 3, 1_000)).toBe(20);
});

it("writes a message as Python does, but for a whole number with a point", () => {
  expect(pythonJson({ a: [1, 2.5, null, true], "b c": "ü\n" })).toBe(String.raw`{"a": [1, 2.5, null, true], "b c": "ü\n"}`);
  expect([0, 1, 2.5, 1 / 3, 123_456_789, 0.000_012].map(general)).toEqual(["0", "1", "2.5", "0.333333", "1.23457e+08", "1.2e-05"]);
  expect(pythonJson(JSON.parse("1.0"))).toBe("1");
});

it("writes bold type, and what XML does not know, into an SVG file", () => {
  const context = new SvgContext(() => 0);
  context.font = "600 18px Inter";
  context.fillText("<a\u0001&", 1, 2);
  expect(context.text(10, 10, "t", "#fff")).toContain('font-size="18" font-family="Inter" font-weight="600" fill="#000">&lt;a\ufffd&amp;</text>');
});

it("keeps the lanes that are chosen on the page, and names the one that others share", () => {
  const run = opened(1);
  choose(run.index.run.recording.network, { collapsed: new Set([1, 2]) });
  const { layout, together } = laidOut(run);
  expect([layout.lanes, layout.together, together]).toEqual([[0], [1, 2], "2 other nodes"]);
  showAll();
});
