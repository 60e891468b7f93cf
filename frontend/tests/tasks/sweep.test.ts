import "../browser";
import { afterEach, expect, it, vi } from "vitest";
import { forgetBalancer } from "../../src/api/rest";
import { sweep, useSweep } from "../../src/tasks/sweep";

const MATCHING = { tasks: 2, exact: true };
const asked: { action: string; after?: string }[] = [];

/** A lab with two pages of tasks to change. */
function answer(url: string, { body }: { body: string }): Promise<Response> {
  if (url === "/lab.json") return Promise.resolve(new Response(JSON.stringify({ balancer_port: 7999 })));
  const order = JSON.parse(body) as { action: string; after?: string };
  asked.push(order);
  return Promise.resolve(new Response(JSON.stringify({ done: [`t${asked.length}`], refused: [], was: {}, next: order.after === undefined ? "more" : null })));
}

afterEach(() => {
  vi.unstubAllGlobals();
  forgetBalancer();
});

it("changes one listing after the other, each to its end", async () => {
  vi.stubGlobal("location", { protocol: "http:", hostname: "lab.example" });
  vi.stubGlobal("fetch", answer);
  const both = [sweep({ action: "cancel" }, {}, MATCHING), sweep({ action: "priority", priority: "low" }, {}, MATCHING)];
  const told = await Promise.all(both);
  expect(asked.map(({ action, after }) => `${action} ${after ?? "-"}`)).toEqual(["cancel -", "cancel more", "priority -", "priority more"]);
  expect(told.map(({ done }) => done)).toEqual([["t1", "t2"], ["t3", "t4"]]);
  expect(useSweep.getState().sweep).toBeNull();
});
