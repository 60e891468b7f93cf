import { expect, it } from "vitest";
import { EMPTY, jsonProblem, orderText, type Draft } from "../../src/tasks/task-order";

it("says what was filled in, and nothing of what was left empty", () => {
  const usual = { count: 1, priority: "medium", weight: 1, max_attempts: 1 };
  expect(JSON.parse(orderText({ ...EMPTY, example: "pi" }))).toEqual({ script: "pi", type: "cpu", params: {}, ...usual });
  expect(JSON.parse(orderText({ ...EMPTY, kind: "emulated", params: "{" }))).toEqual(usual);
  const filled: Draft = {
    ...EMPTY, kind: "file", path: 'a"b.py', params: '{"n": 1}', count: 3, title: "t", node: "root", timeout: " 2.5 ",
    roles: "gpu, ,codec", deadline: "soon", duration: "0.5", attempts: 2,
  };
  expect(JSON.parse(orderText(filled))).toEqual({
    script: 'a"b.py', type: "cpu", params: { n: 1 }, ...usual, count: 3, title: "t", node: "root", timeout: 2.5,
    roles: ["gpu", "codec"], deadline: "soon", duration: 0.5, max_attempts: 2,
  });
});

it("sends parameters as they were written, digits and all", () => {
  const params = '{"n": 1237940039285380274899124224, "__proto__": {"x": 1}}';
  expect(orderText({ ...EMPTY, example: "pi", params })).toContain(`"params":${params}}`);
  expect(JSON.parse(orderText({ ...EMPTY, example: "pi", params: "  " }))).toMatchObject({ params: {} });
});

it("tells what is no JSON", () => {
  expect(jsonProblem("[1, {}]")).toBeNull();
  expect(jsonProblem("{a: 1}")).toContain("JSON");
});
