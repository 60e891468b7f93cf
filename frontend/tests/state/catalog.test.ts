import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { forgetBalancer } from "../../src/api/rest";
import { useCatalog, watchCatalog } from "../../src/state/catalog";
import { reduce } from "../../src/state/lab";
import { useLab } from "../../src/state/lab-store";
import { algorithm, shape, snapshot } from "../fixtures";

const LIMITS = { tasks_per_request: 10_000, generated_nodes: 1_000, cut_default_seconds: 5 };
const SCRIPTS = [{ name: "pi", summary: "Estimates pi.", params: "`samples`." }];
const POLICIES = [{ name: "max-load-heap", title: "Max-load heap", summary: "The most loaded gives." }];
/** A machine that has other things to do may stand still for a second. */
const PATIENCE_MS = 30_000;
let answers: Record<string, unknown> = {};
let stop: () => void = () => undefined;

beforeEach(() => {
  answers = {
    "/lab.json": { balancer_port: 7999 },
    "/algorithms": { algorithms: [algorithm("echo")] },
    "/shapes": [shape("ring")],
    "/scripts": SCRIPTS,
    "/policies": POLICIES,
    "/limits": LIMITS,
  };
  vi.stubGlobal("location", { protocol: "http:", hostname: "lab.example" });
  vi.stubGlobal("fetch", (url: string) => {
    const answer = answers[url.replace("http://lab.example:7999", "")];
    return Promise.resolve(new Response(JSON.stringify(answer ?? null), { status: answer === undefined ? 503 : 200 }));
  });
  useLab.setState({ lab: null, connection: "connecting" });
  useCatalog.setState(useCatalog.getInitialState());
  stop = watchCatalog();
});

afterEach(() => {
  stop();
  forgetBalancer();
  vi.unstubAllGlobals();
});

const open = (version: number) => {
  useLab.setState({ lab: reduce(null, snapshot({ version })), connection: "open" });
};

it("reads algorithms, shapes, scripts and limits once the page is connected, and not before", async () => {
  expect(useCatalog.getState()).toEqual({ algorithms: [], shapes: [], scripts: [], rules: {}, limits: null });
  open(1);
  await vi.waitFor(() => {
    expect(useCatalog.getState()).toEqual({ algorithms: [algorithm("echo")], shapes: [shape("ring")], scripts: SCRIPTS, rules: { policy: POLICIES }, limits: LIMITS });
  }, PATIENCE_MS);
});

it("reads them anew for another network: bounds are figures of the one that runs", async () => {
  open(1);
  await vi.waitFor(() => { expect(useCatalog.getState().limits).not.toBeNull(); }, PATIENCE_MS);
  answers["/algorithms"] = { algorithms: [algorithm("echo", { bound: 16 })] };
  open(2);
  await vi.waitFor(() => { expect(useCatalog.getState().algorithms[0]?.bound).toBe(16); }, PATIENCE_MS);
});

it("keeps what it has where one of them is not answered", async () => {
  open(1);
  await vi.waitFor(() => { expect(useCatalog.getState().shapes).toHaveLength(1); }, PATIENCE_MS);
  answers = { ...answers, "/shapes": undefined, "/algorithms": { algorithms: [] } };
  open(2);
  await vi.waitFor(() => { expect(useCatalog.getState().algorithms).toEqual([]); }, PATIENCE_MS);
  expect(useCatalog.getState().shapes).toEqual([shape("ring")]);
});
