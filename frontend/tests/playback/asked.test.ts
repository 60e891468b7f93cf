import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { useAsked, whileAsked } from "../../src/playback/asked";

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

const titles = () => useAsked.getState().titles;

/** An answer that comes after so many milliseconds. */
const after = (ms: number, answer: string) => () => new Promise<string>((resolve, reject) => {
  setTimeout(() => { if (answer) resolve(answer); else reject(new Error("no answer")); }, ms);
});

it("shows what waits for long, each by itself, until its answer is there", async () => {
  const first = whileAsked("Echo", after(2000, "a-1"));
  const second = expect(whileAsked("Echo", after(3000, ""))).rejects.toThrow("no answer");
  expect(titles()).toEqual([]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(titles()).toEqual(["Echo", "Echo"]);
  await vi.advanceTimersByTimeAsync(1500);
  expect(await first).toBe("a-1");
  expect(titles()).toEqual(["Echo"]);
  await vi.advanceTimersByTimeAsync(1500);
  await second;
  expect(titles()).toEqual([]);
});

it("says nothing of what is begun at once", async () => {
  const begun = whileAsked("Finn", after(10, "b-2"));
  await vi.advanceTimersByTimeAsync(5000);
  expect(await begun).toBe("b-2");
  expect(titles()).toEqual([]);
});
