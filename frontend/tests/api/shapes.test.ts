import { afterEach, expect, it, vi } from "vitest";
import { forgetBalancer } from "../../src/api/rest";
import { hasOwnSize, listShapes, sizeFor } from "../../src/api/shapes";
import { shape } from "../fixtures";

const MOST = 1_000;

afterEach(() => {
  vi.unstubAllGlobals();
  forgetBalancer();
});

it("rounds a hypercube to a power of two and lets small shapes not be too small", () => {
  const hypercube = shape("hypercube", { minimum: 2, power_of_two: true });
  expect([1, 15, 16, 23, 25].map((wish) => sizeFor(hypercube, wish, MOST))).toEqual([2, 16, 16, 32, 32]);
  expect(sizeFor(shape("ring", { minimum: 3 }), 1, MOST)).toBe(3);
  expect(sizeFor(shape("binary"), 15, MOST)).toBe(15);
});

it("lets no shape be larger than it can be, nor than the lab generates", () => {
  expect(sizeFor(shape("ring", { maximum: 20 }), 500, MOST)).toBe(20);
  expect(sizeFor(shape("ring"), 5_000, MOST)).toBe(1_000);
  expect(sizeFor(shape("hypercube", { power_of_two: true }), 1_000, MOST)).toBe(512);
});

it("leaves the size of the course's tree to chance", () => {
  expect(hasOwnSize(shape("course", { default: null }))).toBe(true);
  expect(hasOwnSize(shape("binary"))).toBe(false);
});

it("asks the balancer for them", async () => {
  vi.stubGlobal("location", { protocol: "http:", hostname: "lab.example" });
  vi.stubGlobal("fetch", (url: string) =>
    Promise.resolve(new Response(JSON.stringify(url === "/lab.json" ? { balancer_port: 7999 } : [shape("ring")]))));
  expect(await listShapes()).toEqual([shape("ring")]);
});
