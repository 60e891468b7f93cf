import { expect, it } from "vitest";
import { loadWithRetries } from "../../src/api/load-with-retries";

it("asks again until a part of the page is there, waiting longer each time", async () => {
  const waits: number[] = [];
  let asked = 0;
  const load = () => (++asked < 4 ? Promise.reject(new Error("not yet")) : Promise.resolve("there"));
  await expect(loadWithRetries(load, (ms) => Promise.resolve(waits.push(ms)))).resolves.toBe("there");
  expect(waits).toEqual(waits.toSorted((a, b) => a - b));
  expect(waits).toHaveLength(3);
});

it("gives up in the end and says why", async () => {
  const refuse = () => Promise.reject(new Error("gone"));
  await expect(loadWithRetries(refuse, () => Promise.resolve())).rejects.toThrow("gone");
});
