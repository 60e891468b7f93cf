import { describe, expect, it } from "vitest";
import { told, worst } from "../../src/alerts/worst";
import type { Alert } from "../../src/api/types";
import { reduce } from "../../src/state/lab";
import { delta, snapshot } from "../fixtures";

const alert = (id: string, change: Partial<Alert> = {}): Alert => ({
  id, rule: "node-down", severity: "warning", state: "firing", since: 1, fired: 2, resolved: null, silenced_until: null,
  nodes: ["a"], more_nodes: 0, value: null, bound: null, unit: "", text: "a is down", code: "a is down", parameters: {}, ...change,
});

describe("alerts", () => {
  it("are told while they fire and are not silenced", () => {
    const all = [alert("1", { state: "pending", fired: null }), alert("2", { silenced_until: 9 }), alert("3")];
    expect(told(all).map(({ id }) => id)).toEqual(["3"]);
  });

  it("have the worst that is told in the banner, and no mere note", () => {
    expect(worst([alert("1", { silenced_until: 9 }), alert("2"), alert("3")])?.id).toBe("2");
    expect(worst([alert("1", { severity: "info" })])).toBeNull();
    expect(worst([])).toBeNull();
  });

  it("come with the snapshot, stay where a frame has none, and go where it has an empty list", () => {
    const first = reduce(null, snapshot({ alerts: [alert("1")] }));
    expect(first?.alerts).toHaveLength(1);
    const second = reduce(first, delta(8));
    expect(second?.alerts).toBe(first?.alerts);
    expect(reduce(second, delta(9, { alerts: [] }))?.alerts).toEqual([]);
  });
});
