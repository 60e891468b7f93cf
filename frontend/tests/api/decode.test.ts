import { expect, it } from "vitest";
import { decodeFrame, decodeProblem } from "../../src/api/decode";
import { waveIdOf } from "../../src/api/rest";
import { delta, snapshot } from "../fixtures";

it("takes snapshots and deltas", () => {
  expect(decodeFrame(JSON.stringify(snapshot()))?.type).toBe("snapshot");
  expect(decodeFrame(JSON.stringify(delta(8)))?.seq).toBe(8);
});

it.each([
  "", "hello", "null", "[]", '"x"', '{"type":"snapshot"}', '{"type":"hello","seq":1,"history":{}}',
  '{"type":"delta","seq":1,"history":{},"waves":[],"events":[],"nodes":[]}',
])("refuses %j, which is no frame", (text) => {
  expect(decodeFrame(text)).toBeNull();
});

it("reads problem details, and says something useful where there are none", () => {
  expect(decodeProblem(409, { title: "No", detail: "Do this" })).toEqual({ type: "about:blank", status: 409, title: "No", detail: "Do this" });
  expect(decodeProblem(502, "<html>").title).toContain("502");
});

it("finds the id of a started wave in the answer", () => {
  expect(waveIdOf({ wave: "root-1" })).toBe("root-1");
  expect(waveIdOf({ id: "root-2" })).toBe("root-2");
  expect(waveIdOf({ wave: { id: "root-3" } })).toBe("root-3");
  expect(waveIdOf(null)).toBeNull();
  expect(waveIdOf({})).toBeNull();
});
