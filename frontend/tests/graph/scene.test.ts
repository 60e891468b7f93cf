import { beforeEach, describe, expect, it } from "vitest";
import { drawingOf, lookOf, placeFlight, stageNow } from "../../src/graph/scene";
import { arrowPosition } from "../../src/graph/arrow-positions";
import { networkOf } from "../../src/playback/recorded-network";
import { clear, play, seek } from "../../src/playback/store";
import { reduce } from "../../src/state/lab";
import { useLab } from "../../src/state/lab-store";
import { delta, echoOfThree, snapshot } from "../fixtures";

const lab = reduce(null, snapshot());
if (!lab) throw new Error("a snapshot is always taken");

it("makes one drawing for a network and keeps it while nodes come and go", () => {
  const before = drawingOf(lab.network, 1.5);
  const after = reduce(lab, delta(8, {
    nodes: { index: [1], state: ["dead"], cut: [false], load: [0], assigned: [0], running: [0], moving: [0], completed: [0], failed: [0], cancelled: [0], restarts: [0], bottleneck: [false] },
  }));
  expect(after && drawingOf(after.network, 1.5)).toBe(before);
  expect(drawingOf(lab.network, 0.6)).not.toBe(before);
});

it("sends messages from rim to rim, the two directions of a link on two lanes", () => {
  const drawing = drawingOf(lab.network, 1.5);
  const down = placeFlight(drawing, 0, 1, 0.5, 1, 10);
  const up = placeFlight(drawing, 1, 0, 0.5, 1, 10);
  expect(Math.hypot(down.x - up.x, down.y - up.y)).toBeGreaterThan(5);
  const start = placeFlight(drawing, 0, 1, 0, 1, 10);
  expect(Math.hypot(start.x - (drawing.x[0] ?? 0), start.y - (drawing.y[0] ?? 0))).toBeGreaterThanOrEqual(10);
  expect(Math.abs(down.angle - up.angle)).toBeCloseTo(Math.PI);
});

it("sets the numbered arrows of the two directions on two sides", () => {
  const drawing = drawingOf(lab.network, 1.5);
  const one = arrowPosition(drawing, 0, 1, 1);
  const other = arrowPosition(drawing, 1, 0, 1);
  expect(Math.hypot(one.x - other.x, one.y - other.y)).toBeGreaterThan(16);
});

describe("the stage", () => {
  beforeEach(() => {
    useLab.setState({ lab });
    clear();
  });

  it("shows the lab as it is where no wave is on it", () => {
    expect(stageNow()).toEqual({ network: lab.network, recorded: false });
    expect(lookOf(lab.network, 0)).toMatchObject({ condition: "up", mark: "circle", load: 0, phase: null });
  });

  it("shows a recording with the states of its own time, and with those of now once it is over", () => {
    const events = echoOfThree();
    events.began.state = ["up", "dead", "up"];
    events.began.load = [7, 0, 0];
    play(events, networkOf(events, lab.network));
    expect(stageNow()).toEqual({ network: lab.network, recorded: true });
    expect([0, 1].map((node) => lookOf(lab.network, node))).toMatchObject([{ load: 7 }, { condition: "dead", phase: "idle" }]);
    seek(Infinity);
    expect(stageNow()?.recorded).toBe(false);
    expect([0, 1].map((node) => lookOf(lab.network, node))).toMatchObject([{ load: 0 }, { condition: "up", phase: "done" }]);
  });

  it("shows a recording on the network of its own time, to its end and after it", () => {
    const events = { ...echoOfThree(), nodes: ["x", "y", "z"], links: [["x", "y"], ["x", "z"]] as [string, string][] };
    events.wave = { ...events.wave, version: 99 };
    const network = networkOf(events, lab.network);
    play(events, network);
    seek(Infinity);
    expect(stageNow()).toEqual({ network, recorded: true });
    expect(network.names).toEqual(["x", "y", "z"]);
    expect(lookOf(lab.network, 0)).toBeNull();
    expect(lookOf(network, 0)).toMatchObject({ phase: "decided" });
    expect(networkOf(events, lab.network)).toBe(network);
  });
});
