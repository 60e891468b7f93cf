import "../../browser";
import { expect, it } from "vitest";
import { furtherFields, NOTHING_FURTHER } from "../../../src/pages/laboratory/form/further";
import { furtherWords } from "../../../src/pages/laboratory/form/further-words";
import { besideOf, coloursBy, inkOn } from "../../../src/pages/laboratory/variables/beside";
import { layOut } from "../../../src/spacetime/layout";
import { indexOf } from "../../../src/spacetime/moment";
import { arrowAt, distance, nearest } from "../../../src/spacetime/pointing";
import { stepsOf } from "../../../src/spacetime/steps";
import { readTrace } from "../../../src/spacetime/trace-file";
import { xOf, yOf, type Pane } from "../../../src/spacetime/view";
import { ECHO_OF_TRIANGLE, fileOf } from "../../traces";

const recording = readTrace(fileOf(ECHO_OF_TRIANGLE))[0]?.recording;
if (!recording) throw new Error("no wave");
const index = indexOf(stepsOf(recording));

it("writes the chosen variables beside each node, and what was decided", () => {
  const states = { a: { parent: null, heard: 2 }, b: { parent: "a", heard: 1 } };
  const found = besideOf(index, 6, "echo", { shown: ["parent", "heard"], colour: "heard" }, states);
  expect(found.map(({ lines }) => lines)).toEqual([["parent –", "heard 2"], ["parent a", "heard 1"], []]);
  expect(found.map(({ decided }) => decided)).toEqual(["3", "", ""]);
  expect(found.map(({ fill }) => fill === null)).toEqual([false, false, true]);
  expect(besideOf(index, 5, "echo", { shown: ["parent"], colour: null }, null)[0]).toEqual({ lines: [], decided: "", leads: false, fill: null });
});

it("crowns who says that it leads, and who decides its own number in an election", () => {
  expect(besideOf(index, 0, "mine", { shown: [], colour: null }, { b: { leader: true } }).map(({ leads }) => leads)).toEqual([false, true, false]);
  const elected = indexOf(stepsOf({ ...recording, lines: recording.lines.map((line) => (line.event === "decide" ? { ...line, message: 0 } : line)) }));
  expect(besideOf(elected, 6, "chang_roberts", { shown: [], colour: null }, null).map(({ leads }) => leads)).toEqual([true, false, false]);
  expect(besideOf(elected, 6, "echo", { shown: [], colour: null }, null).some(({ leads }) => leads)).toBe(false);
});

it("colours numbers by their size, and other values by their kind", () => {
  const numbers = coloursBy([1, 5, null]);
  expect([numbers(1), numbers(5), numbers(null)]).toEqual(["#00224e", "#fee838", null]);
  const words = coloursBy(["a", "b", "a"]);
  expect(words("a")).not.toBe(words("b"));
  expect([inkOn("#00224e"), inkOn("#fee838")]).toEqual(["#ffffff", "#000000"]);
});

it("finds the message under the pointer", () => {
  const layout = layOut(index, "depth", "network");
  const pane: Pane = { width: 300, height: 120, left: 0, top: 0, column: 30, lane: 26, names: 100 };
  const middle = (xOf(pane, 0) + xOf(pane, 1)) / 2;
  expect(arrowAt(index.run, layout, pane, middle, (yOf(pane, 0) + yOf(pane, 1)) / 2)).toBe(0);
  expect(arrowAt(index.run, layout, pane, middle, yOf(pane, 0) + 300)).toBeNull();
  expect(arrowAt(index.run, layout, pane, 20, yOf(pane, 0))).toBeNull();
  expect(distance(0, 5, -10, 0, 10, 0)).toBe(5);
  expect(nearest([{ place: 4, x: 10, y: 10 }, { place: 5, x: 14, y: 10 }], 13, 10)).toBe(5);
  expect(nearest([{ place: 4, x: 10, y: 10 }], 90, 10)).toBeNull();
});

it("asks only for what somebody has said, and refuses what is no JSON", async () => {
  expect(await furtherFields(NOTHING_FURTHER, furtherWords.en)).toEqual({});
  const said = { ...NOTHING_FURTHER, initiators: "root, essay ", inputs: '{"root": 3}', loss: 0.1, maxEvents: 50, network: new File(["a b"], "net.txt") };
  expect(await furtherFields(said, furtherWords.en)).toEqual({
    initiators: ["root", "essay"], inputs: { root: 3 }, loss: 0.1, max_events: 50, network: { name: "net.txt", text: "a b" },
  });
  await expect(furtherFields({ ...NOTHING_FURTHER, inputs: "{" }, furtherWords.en)).rejects.toThrow("Inputs: this is no JSON.");
});
