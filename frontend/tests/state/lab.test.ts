import { describe, expect, it } from "vitest";
import { KEPT, reduce, type Lab } from "../../src/state/lab";
import { delta, deploy, node, snapshot, wave } from "../fixtures";

const start = (): Lab => {
  const lab = reduce(null, snapshot());
  if (!lab) throw new Error("a snapshot is always taken");
  return lab;
};

describe("a snapshot", () => {
  it("becomes a network of indexes", () => {
    const { network } = start();
    expect(network.names).toEqual(["root", "a", "b"]);
    expect(network.parents).toEqual([-1, 0, 0]);
    expect(network.links).toEqual([[0, 1], [0, 2]]);
  });

  it("of the same network keeps the identity of the drawing, whatever else it brings", () => {
    const before = start();
    const after = reduce(before, snapshot({ seq: 90, nodes: snapshot().nodes.map((row) => ({ ...row, assigned: 3 })) }));
    expect(after?.network).toBe(before.network);
    expect(after?.nodes.assigned).toEqual([3, 3, 3]);
    expect(after?.seq).toBe(90);
  });

  it("of another network replaces it", () => {
    const before = start();
    const after = reduce(before, snapshot({ version: 2, nodes: [node("x", null)], links: [] }));
    expect(after?.network.names).toEqual(["x"]);
  });

  it("leaves out links to nodes that are not there", () => {
    expect(reduce(null, snapshot({ links: [["root", "a"], ["root", "ghost"]] }))?.network.links).toEqual([[0, 1]]);
  });
});

describe("a delta", () => {
  const columns = {
    index: [2], state: ["dead" as const], cut: [true], load: [6], assigned: [5], running: [1], moving: [0], completed: [9], failed: [2], cancelled: [3], restarts: [1], bottleneck: [true],
  };

  it("changes the nodes it names and no others", () => {
    const before = start();
    const after = reduce(before, delta(8, { nodes: columns }));
    expect(after?.nodes.state).toEqual(["up", "up", "dead"]);
    expect(after?.nodes.assigned).toEqual([0, 0, 5]);
    expect([after?.nodes.failed[2], after?.nodes.cancelled[2]]).toEqual([2, 3]);
    expect([before.tasks?.running, after?.tasks?.running]).toEqual([0, 3]);
    expect(before.nodes.state).toEqual(["up", "up", "up"]);
    expect(after?.network).toBe(before.network);
  });

  it("says how far a deploy is where that has changed, and else nothing of it", () => {
    const growing = deploy({ desired_replicas: 5, phase: "growing" });
    const after = reduce(start(), delta(8, { deploy: growing }));
    expect(after?.deploy).toBe(growing);
    expect(reduce(after, delta(9))?.deploy).toBe(growing);
    expect(reduce(after, snapshot())?.deploy.phase).toBe("settled");
  });

  it("that is not the next one makes the page connect anew", () => {
    expect(reduce(start(), delta(9))).toBeNull();
    expect(reduce(start(), delta(7))).toBeNull();
    expect(reduce(null, delta(8))).toBeNull();
  });

  it("of another version makes the page connect anew", () => {
    expect(reduce(start(), delta(8, { version: 2 }))).toBeNull();
  });

  it("replaces a known wave in its place and adds a new one at the end", () => {
    const one = reduce(start(), delta(8, { waves: [wave("r-1", { state: "running" }), wave("r-2")] }));
    const two = reduce(one, delta(9, { waves: [wave("r-1", { messages: 99 }), wave("r-3")] }));
    expect(two?.waves.map(({ id, messages }) => [id, messages])).toEqual([["r-1", 99], ["r-2", 4], ["r-3", 4]]);
  });

  it("never lets lists grow without end", () => {
    let lab: Lab | null = start();
    for (let seq = 8; seq < 8 + 2 * KEPT.events; seq++) {
      lab = reduce(lab, delta(seq, {
        waves: [wave(`r-${seq}`)],
        events: [{ seq, time: seq, kind: "lab", code: null, parameters: {}, text: "", node: null, wave: null, receiver: null, tasks: null }],
        history: { time: [seq, seq + 0.3, seq + 0.6], load: [1, 1, 1], imbalance: [0, 0, 0], moves: [0, 0, 0] },
      }));
    }
    expect(lab?.waves).toHaveLength(KEPT.waves);
    expect(lab?.events).toHaveLength(KEPT.events);
    expect(lab?.history.time).toHaveLength(KEPT.points);
    expect(lab?.events.at(-1)?.seq).toBe(7 + 2 * KEPT.events);
  });

  it("without news keeps every list as it was, so that nothing is drawn anew", () => {
    const before = start();
    const after = reduce(before, delta(8));
    expect(after?.waves).toBe(before.waves);
    expect(after?.events).toBe(before.events);
    expect(after?.history).toBe(before.history);
    expect(after?.nodes).toBe(before.nodes);
  });
});
