import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { connect, retryNow, type ConnectionStatus } from "../../src/api/connection";
import { forgetBalancer } from "../../src/api/rest";
import type { Frame } from "../../src/api/types";
import { delta, snapshot } from "../fixtures";

/** A socket that the test opens, feeds and closes. */
class FakeSocket {
  static made: FakeSocket[] = [];
  static readonly OPEN = 1;
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  closed = false;
  constructor(readonly url: string) {
    FakeSocket.made.push(this);
  }
  close() {
    this.closed = true;
  }
  say(frame: Frame) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

const page = { hidden: false, addEventListener: vi.fn(), removeEventListener: vi.fn() };
let stop: () => void = () => undefined;

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.made = [];
  vi.stubGlobal("WebSocket", FakeSocket);
  vi.stubGlobal("document", page);
  vi.stubGlobal("location", { protocol: "http:", hostname: "lab.example" });
  vi.stubGlobal("requestAnimationFrame", (apply: () => void) => setTimeout(apply, 16));
  vi.stubGlobal("cancelAnimationFrame", (handle: ReturnType<typeof setTimeout>) => { clearTimeout(handle); });
  vi.stubGlobal("fetch", () => Promise.resolve(new Response('{"balancer_port": 7999}')));
});

afterEach(() => {
  stop();
  forgetBalancer();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** Connects to a lab that keeps what it is given, and refuses frames where `refuses` says so. */
async function connected(refuses: (frames: readonly Frame[]) => boolean = () => false) {
  const applied: (readonly Frame[])[] = [];
  const status: Partial<ConnectionStatus> = {};
  stop = connect({
    apply: (frames) => {
      applied.push(frames);
      return !refuses(frames);
    },
    report: (change) => Object.assign(status, change),
  });
  await vi.advanceTimersByTimeAsync(0);
  return { applied, status };
}

const socket = (index: number): FakeSocket => {
  const one = FakeSocket.made[index];
  if (!one) throw new Error(`there is no socket ${index}`);
  return one;
};

it("applies all frames of one animation frame at once, and is open from then on", async () => {
  const { applied, status } = await connected();
  expect(socket(0).url).toBe("ws://lab.example:7999/stream");
  expect(status.connection).toBe("connecting");
  socket(0).say(snapshot({ seq: 7 }));
  socket(0).say(delta(8));
  expect(applied).toEqual([]);
  await vi.advanceTimersByTimeAsync(16);
  expect(applied.map((frames) => frames.map(({ seq }) => seq))).toEqual([[7, 8]]);
  expect(status).toMatchObject({ connection: "open", locked: false, attempt: 0, retryAt: null });
});

it("goes on with the socket that the head of the page has opened: what it has brought waits for no animation frame", async () => {
  vi.resetModules();
  const fresh = await import("../../src/api/connection");
  const early = new FakeSocket("ws://lab.example:8000/stream");
  early.readyState = FakeSocket.OPEN;
  vi.stubGlobal("topowaveEarly", Promise.resolve({ port: 8000, socket: early, texts: [snapshot({ seq: 7 }), delta(8)].map((frame) => JSON.stringify(frame)) }));
  const applied: number[][] = [];
  stop = fresh.connect({ apply: (frames) => { applied.push(frames.map(({ seq }) => seq)); return true; }, report: () => undefined });
  await vi.advanceTimersByTimeAsync(0);
  expect(applied).toEqual([[7, 8]]);
  early.say(delta(9));
  await vi.advanceTimersByTimeAsync(16);
  expect(applied).toEqual([[7, 8], [9]]);
  expect(FakeSocket.made).toEqual([early]);
  early.onclose?.();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(FakeSocket.made[1]?.url).toBe("ws://lab.example:7999/stream");
});

it.each([["that is closed already", () => ({ port: 8000, socket: { readyState: 3 }, texts: [] })], ["that was not to be had", () => null]])(
  "opens a socket of its own in place of one %s",
  async (_, early) => {
    vi.resetModules();
    const fresh = await import("../../src/api/connection");
    vi.stubGlobal("topowaveEarly", Promise.resolve(early()));
    stop = fresh.connect({ apply: () => true, report: () => undefined });
    await vi.advanceTimersByTimeAsync(0);
    expect(FakeSocket.made).toHaveLength(1);
  },
);

it("drops what waits before a snapshot, which makes it void", async () => {
  const { applied } = await connected();
  socket(0).say(delta(3));
  socket(0).say(snapshot({ seq: 9 }));
  await vi.advanceTimersByTimeAsync(16);
  expect(applied.map((frames) => frames.map(({ seq }) => seq))).toEqual([[9]]);
});

it("connects anew, once, where a frame was missing", async () => {
  const { status } = await connected((frames) => frames[0]?.seq === 9);
  socket(0).say(snapshot({ seq: 7 }));
  await vi.advanceTimersByTimeAsync(16);
  socket(0).say(delta(9));
  await vi.advanceTimersByTimeAsync(16);
  expect(status).toMatchObject({ connection: "lost", attempt: 1 });
  expect(socket(0).closed).toBe(true);
  await vi.advanceTimersByTimeAsync(250);
  expect(FakeSocket.made).toHaveLength(2);
});

it("waits longer after each loss, and starts anew once frames arrive", async () => {
  const { status } = await connected();
  for (let attempt = 1; attempt <= 3; attempt++) {
    socket(attempt - 1).onclose?.();
    expect(status).toMatchObject({ connection: "lost", attempt });
    await vi.advanceTimersByTimeAsync(250 * 2 ** (attempt - 1));
    expect(FakeSocket.made).toHaveLength(attempt + 1);
  }
  socket(3).say(snapshot());
  await vi.advanceTimersByTimeAsync(16);
  expect(status).toMatchObject({ connection: "open", attempt: 0 });
});

it("tries at once when told to, and not while a socket is there", async () => {
  await connected();
  retryNow();
  await vi.advanceTimersByTimeAsync(0);
  expect(FakeSocket.made).toHaveLength(1);
  socket(0).onclose?.();
  retryNow();
  await vi.advanceTimersByTimeAsync(0);
  expect(FakeSocket.made).toHaveLength(2);
});

it("refuses what is no frame by connecting anew", async () => {
  const { applied, status } = await connected();
  socket(0).onmessage?.({ data: "[]" });
  expect(status.connection).toBe("lost");
  await vi.advanceTimersByTimeAsync(100);
  expect(applied).toEqual([]);
});

it("says that the lab is locked where the page's own server asks for a token", async () => {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response("", { status: 401 })));
  const { status } = await connected();
  expect(status).toMatchObject({ connection: "lost", locked: true });
});

it("asks nobody any more once it is stopped", async () => {
  const { applied } = await connected();
  socket(0).say(snapshot());
  stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(applied).toEqual([]);
  expect(FakeSocket.made).toHaveLength(1);
  expect(socket(0).closed).toBe(true);
});

it("takes a line on which nothing comes for dead within five seconds, and one with a frame now and then for alive", async () => {
  const { status } = await connected();
  socket(0).onopen?.();
  socket(0).say(snapshot({ seq: 7 }));
  for (let seq = 8; seq < 13; seq++) {
    await vi.advanceTimersByTimeAsync(1_500);
    socket(0).say(delta(seq));
  }
  expect(status.connection).toBe("open");
  await vi.advanceTimersByTimeAsync(5_000);
  expect(socket(0).closed).toBe(true);
  expect(status.attempt).toBeGreaterThan(0);
});
