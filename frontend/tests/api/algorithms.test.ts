import { afterEach, expect, it, vi } from "vitest";
import { listAlgorithms, othersOf } from "../../src/api/algorithms";
import { forgetBalancer } from "../../src/api/rest";
import { algorithm } from "../fixtures";

afterEach(() => {
  vi.unstubAllGlobals();
  forgetBalancer();
});

it("lists what has no button of its own, users' classes among them", () => {
  const known = ["ring", "echo", "finn-full", "finn-lab", "tarry", "my-echo"].map((name) => algorithm(name));
  expect(othersOf(known).map(({ name }) => name)).toEqual(["ring", "tarry", "my-echo"]);
});

function answering(status: number): string[] {
  const asked: string[] = [];
  vi.stubGlobal("location", { protocol: "http:", hostname: "lab.example" });
  vi.stubGlobal("fetch", (url: string) => {
    asked.push(url);
    const body = url === "/lab.json" ? { balancer_port: 7999 } : { algorithms: [algorithm("tarry")] };
    return Promise.resolve(new Response(JSON.stringify(body), { status: url === "/lab.json" ? 200 : status }));
  });
  return asked;
}

it("asks the balancer for them", async () => {
  const asked = answering(200);
  expect(await listAlgorithms()).toEqual([algorithm("tarry")]);
  expect(asked.at(-1)).toBe("http://lab.example:7999/algorithms");
});

it("fails where the balancer does", async () => {
  answering(503);
  await expect(listAlgorithms()).rejects.toThrow("/algorithms answered 503");
});
