import { expect, it } from "vitest";
import { NO_NODE, nodeOrder, refusalOf } from "../../../../src/pages/lab/panels/new-node";

const problem = (status: number, title: string, detail: string) => ({ type: "about:blank", status, title, detail });

it("asks for what is written, and leaves the rest to the lab", () => {
  expect(nodeOrder("root", NO_NODE)).toEqual({ parent: "root" });
  expect(nodeOrder("root", { name: " gpu-1 ", cpu: "8", role: "gpu" })).toEqual({ parent: "root", name: "gpu-1", cpu: 8, role: "gpu" });
});

it("sends a number that is none as it was written, for the lab to refuse it in words", () => {
  expect(nodeOrder("root", { ...NO_NODE, cpu: "many" })).toEqual({ parent: "root", cpu: "many" });
});

it("says a refusal beside the field that it is about", () => {
  const cpu = problem(422, "Invalid request", "body.cpu: Input should be greater than or equal to 1");
  expect(refusalOf(cpu)).toEqual({ field: "cpu", why: "Input should be greater than or equal to 1" });
  const taken = problem(409, "Name taken", "there is a node 'a' already");
  expect(refusalOf(taken)).toEqual({ field: "name", why: "Name taken. there is a node 'a' already" });
  const full = problem(409, "Too many nodes", "there are 1000 nodes already");
  expect(refusalOf(full)).toEqual({ field: null, why: "Too many nodes. there are 1000 nodes already" });
});
