import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ActionError, addTasks, configure, forgetBalancer, readWaveEvents } from "../../src/api/rest";

interface Asked {
  path: string;
  key: string | null;
}

/** A balancer that answers what `answers` say in turn; null is an answer that is lost. */
function balancer(uptime: () => number, answers: (Response | null)[]): Asked[] {
  const asked: Asked[] = [];
  vi.stubGlobal("fetch", (url: string, { headers }: RequestInit) => {
    if (url === "/lab.json") return Promise.resolve(Response.json({ balancer_port: 7999 }));
    const { pathname } = new URL(url);
    if (pathname === "/status") return Promise.resolve(Response.json({ uptime: uptime() }));
    asked.push({ path: pathname, key: new Headers(headers).get("idempotency-key") });
    const answer = answers.shift() ?? null;
    return answer ? Promise.resolve(answer) : Promise.reject(new TypeError("Failed to fetch"));
  });
  return asked;
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("location", { protocol: "http:", hostname: "lab.example" });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  forgetBalancer();
});

async function settled<T>(action: Promise<T>): Promise<T | ActionError> {
  const caught = action.catch((error: unknown) => error as ActionError);
  await vi.runAllTimersAsync();
  return caught;
}

it("repeats an action without an answer under the same key", async () => {
  const asked = balancer(() => 900, [null, Response.json({ status: "ok" })]);
  expect(await settled(addTasks("root", 20))).toEqual({ status: "ok" });
  expect(asked).toHaveLength(2);
  expect(asked[0]?.key).toMatch(/^[\d-]{8,}$/u);
  expect(asked[1]?.key).toBe(asked[0]?.key);
});

it("repeats a change of settings, too", async () => {
  const answer = { status: "ok", settings: {}, not_yet: [] };
  const asked = balancer(() => 900, [null, Response.json(answer)]);
  expect(await settled(configure({ link_delay: 300 }))).toEqual(answer);
  expect(asked.map(({ path }) => path)).toEqual(["/config", "/config"]);
  expect(asked[1]?.key).toBe(asked[0]?.key);
});

it("has a key of its own for each press", async () => {
  const asked = balancer(() => 900, [Response.json({}), Response.json({})]);
  await settled(addTasks("root", 1));
  await settled(addTasks("root", 1));
  expect(new Set(asked.map(({ key }) => key)).size).toBe(2);
});

it("repeats nothing to a balancer that was started since: it would do it again", async () => {
  const asked = balancer(() => 0, [null, Response.json({})]);
  const error = await settled(addTasks("root", 20));
  expect(asked).toHaveLength(1);
  expect(error).toBeInstanceOf(ActionError);
  expect((error as ActionError).problem.detail).toContain("may have been done");
});

it("gives up after some repetitions and says that nobody knows", async () => {
  const asked = balancer(() => 900, []);
  expect(((await settled(addTasks("root", 20))) as ActionError).problem.title).toBe("The balancer did not answer");
  expect(asked).toHaveLength(3);
});

it("repeats no refusal, and no question", async () => {
  const refusal = balancer(() => 900, [Response.json({ title: "No", status: 409, detail: "no" }, { status: 409 })]);
  await settled(addTasks("root", 20));
  expect(refusal).toHaveLength(1);
  const question = balancer(() => 900, []);
  await settled(readWaveEvents("a"));
  expect(question).toEqual([{ path: "/waves/a/events", key: null }]);
});
