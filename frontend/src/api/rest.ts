/** What the page asks of the balancer: one function an action; every failure is an `ActionError` with a cause and a way out. */
import { decodeProblem } from "./decode";
import { earlyPort, forgetEarly } from "./early";
import { parseJson } from "./json";
import type { Configured, ConfigOrder, CutOff, Delivered, DeliverOrder, HeldNow, Problem, Rebalanced, Signalled, TaskOrder, TopologyOrder, WaveEvents, WaveOrder } from "./types";

/** No request of the page waits longer than this: a wave may wait 30 s for its turn; the events of a large one are megabytes. */
const REQUEST_TIMEOUT_MS = 45_000;
const EVENTS_TIMEOUT_MS = 60_000;

/** Pauses before an action without an answer is repeated. */
const REPEAT_AFTER_MS = [500, 2_000];

const UNREAD = "Try again when the page is connected.";
/** Whether a request that got no answer was carried out nobody here knows. */
const UNKNOWN_FATE = "It may have been done all the same: look at the lab before you repeat it.";

export class ActionError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.title);
    this.problem = problem;
  }
}

/** The lab asks for its token, and this browser has none, or that of a lab that has ended. */
export class LockedError extends Error {}

let balancerPort: Promise<number | null> | null = null;

/** Null where this is no lab's page, but that of `topowave lab`. */
async function readPort(): Promise<number | null> {
  const early = await earlyPort();
  if (early !== null) return early;
  const answer = await fetch("/lab.json", { cache: "no-store", signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
  if (answer.status === 401) throw new LockedError();
  if (!answer.ok) throw new Error(`/lab.json answered ${answer.status}`);
  const lab = (await answer.json()) as { balancer_port: number | null };
  return lab.balancer_port;
}

/** Whether there is a lab behind this page; without one it can only step through runs. */
export async function hasLab(): Promise<boolean> {
  await balancerHost();
  return (await balancerPort) !== null;
}

/** Where the balancer listens: `host:port`, asked once from the page's own server, which is it itself where there is no lab. */
export async function balancerHost(): Promise<string> {
  balancerPort ??= readPort();
  try {
    const port = await balancerPort;
    return port === null ? location.host : `${location.hostname}:${port}`;
  } catch (error) {
    balancerPort = null;
    throw error;
  }
}

/** Ask for the address again next time: the lab may have come back on another port. */
export function forgetBalancer(): void {
  forgetEarly();
  balancerPort = null;
}

/** What the balancer describes itself by: algorithms, shapes, limits. */
export async function readDescription(path: "/algorithms" | "/shapes" | "/scripts" | "/limits" | "/policies" | "/placements" | "/disciplines" | "/forecasts"): Promise<unknown> {
  const host = await balancerHost();
  const answer = await fetch(`${location.protocol}//${host}${path}`, {
    credentials: "include",
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return parseJson(await answer.text());
}

type Method = "GET" | "POST" | "PATCH" | "DELETE";

/** Asks once; null where no answer came, so that nobody here knows what became of it. */
async function ask(method: Method, path: string, timeoutMs: number, more: RequestInit = {}): Promise<Response | null> {
  try {
    const host = await balancerHost();
    return await fetch(`${location.protocol}//${host}${path}`, {
      method, credentials: "include", signal: AbortSignal.timeout(timeoutMs), ...more,
    });
  } catch {
    return null;
  }
}

/** Whether the balancer that answers now is the one that was there at `sinceMs`: only that one knows what it was asked. */
async function isTheSameBalancer(sinceMs: number): Promise<boolean> {
  const answer = await ask("GET", "/status", REQUEST_TIMEOUT_MS);
  if (!answer?.ok) return false;
  const { uptime } = (await answer.json().catch(() => ({}))) as { uptime?: unknown };
  return typeof uptime === "number" && uptime * 1000 >= performance.now() - sinceMs;
}

/** Random, and not `crypto.randomUUID`: that is missing on a page without TLS that other machines open. */
const newKey = (): string => crypto.getRandomValues(new Uint32Array(4)).join("-");

/** What an answer holds; undefined where that is no JSON, or broke off. */
async function jsonOf(answer: Response, parse: (text: string) => unknown): Promise<unknown> {
  try {
    return parse(await answer.text());
  } catch {
    return undefined;
  }
}

/** Asks for an action, and repeats that under the same key while no answer comes: it is done once all the same. */
async function act(method: Method, path: string, body: object | string | undefined): Promise<Response | null> {
  const headers = { "idempotency-key": newKey(), ...(body !== undefined && { "content-type": "application/json" }) };
  const sinceMs = performance.now();
  const order = { headers, ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }) };
  let answer = await ask(method, path, REQUEST_TIMEOUT_MS, order);
  for (const pauseMs of REPEAT_AFTER_MS) {
    if (answer) break;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    if (await isTheSameBalancer(sinceMs)) answer = await ask(method, path, REQUEST_TIMEOUT_MS, order);
  }
  return answer;
}

/** What the lab answers; a `body` that is text is JSON already, so that numbers of any size stay as they were written. */
export async function request(
  method: Method, path: string, body?: object | string, timeoutMs = REQUEST_TIMEOUT_MS, parse = parseJson,
): Promise<unknown> {
  const answer = await (method === "GET" ? ask(method, path, timeoutMs) : act(method, path, body));
  if (!answer) {
    const detail = method === "GET" ? UNREAD : UNKNOWN_FATE;
    throw new ActionError({ type: "about:blank", status: 0, title: "The balancer did not answer", detail });
  }
  const value = await jsonOf(answer, parse);
  if (!answer.ok) throw new ActionError(decodeProblem(answer.status, value));
  if (method === "GET" && value === undefined) {
    throw new ActionError({ type: "about:blank", status: answer.status, title: "The balancer's answer broke off", detail: UNREAD });
  }
  return value;
}

/** The id in an answer to a trigger: `id` or `wave`, whichever is there. */
export function waveIdOf(answer: unknown): string | null {
  if (typeof answer !== "object" || answer === null) return null;
  const { id, wave } = answer as { id?: unknown; wave?: unknown };
  if (typeof id === "string") return id;
  if (typeof wave === "string") return wave;
  return wave === undefined ? null : waveIdOf(wave);
}

/** With `hold` its messages wait until somebody delivers them. */
export async function startWave(algorithm: string, initiator: string | null, hold = false): Promise<string | null> {
  const order: WaveOrder = { algorithm, ...(initiator !== null && { initiators: [initiator] }), ...(hold && { hold }) };
  return waveIdOf(await request("POST", "/waves", order));
}

export const addTasks = (node: string, count: number) => request("POST", "/tasks", { node, count } satisfies TaskOrder);
/** Changes settings of the running lab: what is left out stays. */
export const configure = (changes: ConfigOrder) => request("PATCH", "/config", changes) as Promise<Configured>;
/** The same as the page is left: the browser sends it all the same, and nobody is there for the answer. */
export const configureOnLeaving = (changes: ConfigOrder) =>
  ask("PATCH", "/config", REQUEST_TIMEOUT_MS, { keepalive: true, headers: { "content-type": "application/json" }, body: JSON.stringify(changes) });
export const rebalanceNow = () => request("POST", "/rebalance") as Promise<Rebalanced>;
/** `nodes` null: as many as the shape has by itself. */
export const regenerate = (shape: string, nodes: number | null, seed: number) =>
  request("POST", "/topology", { shape, seed, ...(nodes !== null && { nodes }) } satisfies TopologyOrder);
/** How many other nodes share the process that an answer to a signal is about. */
export function othersIn(answer: unknown): number {
  if (typeof answer !== "object" || answer === null) return 0;
  const { others } = answer as { others?: unknown };
  return Array.isArray(others) ? others.length : 0;
}

/** Signals a node's process; returns how many other nodes it hits. */
export async function signalNode(name: string, action: Signalled["action"]): Promise<number> {
  return othersIn(await request("POST", `/nodes/${encodeURIComponent(name)}/${action}`));
}

/** Cuts a node's links to its neighbours for as long as the lab usually does; its process lives on. */
export const cutNode = (name: string) =>
  request("POST", `/nodes/${encodeURIComponent(name)}/cut`) as Promise<CutOff>;

export const readHeld = (id: string) => request("GET", `/waves/${encodeURIComponent(id)}/held`) as Promise<HeldNow>;
export const deliverHeld = (id: string, order: DeliverOrder) =>
  request("POST", `/waves/${encodeURIComponent(id)}/deliver`, order) as Promise<Delivered>;

export const readWaveEvents = (id: string) =>
  request("GET", `/waves/${encodeURIComponent(id)}/events`, undefined, EVENTS_TIMEOUT_MS) as Promise<WaveEvents>;
