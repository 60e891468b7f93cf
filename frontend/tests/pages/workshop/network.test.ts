import { describe, expect, it } from "vitest";
import { placeBeside, nearer, onScreen, onSheet, wholeOf } from "../../../src/pages/workshop/camera";
import { towards } from "../../../src/pages/workshop/direction";
import { beginning, redone, undone, withStep } from "../../../src/pages/workshop/history";
import { MOST_STEPS } from "../../../src/pages/workshop/limits";
import { addNode, changeNode, delayLink, EMPTY, link, linkedWith, makeRoot, removeNode, unlink, type Drawn } from "../../../src/pages/workshop/network";
import { isName, problemsOf, rolesIn } from "../../../src/pages/workshop/problems";
import { readTopology, topologyText } from "../../../src/pages/workshop/topology-file";
import { treeOf } from "../../../src/pages/workshop/tree";

const FILE = `{
  "name": "root",
  "port": 8000,
  "cpu": 4,
  "children": [
    {
      "name": "amber",
      "port": 8001,
      "cpu": 2,
      "launch": false,
      "host": "far.example",
      "link_delay": 20,
      "roles": ["video", "gpu"],
      "weight": 0.5,
      "children": [
        {
          "name": "copper",
          "port": 8003,
          "cpu": 1,
          "children": []
        }
      ]
    },
    {
      "name": "basil",
      "port": 8002,
      "cpu": 8,
      "role": "hub",
      "children": []
    }
  ],
  "links": [
    ["amber", "basil"],
    ["copper", "basil"]
  ]
}
`;

const drawnOf = (text: string): Drawn => readTopology(text, 1);
const idOf = ({ nodes }: Drawn, name: string): number => nodes.find((node) => node.name === name)?.id ?? -1;
const kinds = (drawn: Drawn): string[] => problemsOf(drawn).map(({ kind }) => kind);

/** A path of so many nodes. */
function path(nodes: number): Drawn {
  let drawn = EMPTY;
  for (let at = 0; at < nodes; at++) drawn = addNode(drawn, 100 * at, 0, at === 0 ? null : at - 1).drawn;
  return drawn;
}

describe("topology.json", () => {
  it("is written back as it was read, to the byte", () => {
    expect(topologyText(drawnOf(FILE))).toBe(FILE);
    expect(problemsOf(drawnOf(FILE))).toEqual([]);
  });

  it("has links in its one order, whatever the order in which they were drawn", () => {
    const drawn = drawnOf(FILE);
    expect(topologyText({ ...drawn, links: drawn.links.toReversed().map(({ a, b, ...rest }) => ({ a: b, b: a, ...rest })) })).toBe(FILE);
  });

  it("takes a link from beside the tree into it where one of the tree is removed, and turns what hung below", () => {
    const drawn = drawnOf(FILE);
    const cut = unlink(drawn, idOf(drawn, "root"), idOf(drawn, "amber"));
    expect(problemsOf(cut)).toEqual([]);
    const tree = treeOf(cut).map(({ node, parent }) => [node.name, parent?.name]);
    expect(tree).toEqual([["root", undefined], ["basil", "root"], ["amber", "basil"], ["copper", "amber"]]);
    expect(JSON.parse(topologyText(cut))).toMatchObject({ links: [["basil", "copper"]] });
  });

  it("has the same links under another root", () => {
    const drawn = drawnOf(FILE);
    const turned = drawnOf(topologyText(makeRoot(drawn, idOf(drawn, "copper"))));
    expect(turned.nodes[0]?.name).toBe("copper");
    for (const { id, name } of drawn.nodes) {
      const names = (of: Drawn, which: number) => linkedWith(of, which).map((node) => node.name).sort();
      expect(names(turned, idOf(turned, name))).toEqual(names(drawn, id));
    }
  });
});

describe("drawing", () => {
  it("gives every node a name, a port and a place of its own", () => {
    const drawn = path(5);
    expect(drawn.nodes.map(({ name, port }) => [name, port])).toEqual([["root", 8000], ["node-1", 8001], ["node-2", 8002], ["node-3", 8003], ["node-4", 8004]]);
    expect(problemsOf(drawn)).toEqual([]);
    const camera = { x: 0, y: 0, scale: 1 };
    const { x, y } = placeBeside(drawn, drawn.nodes[1], camera);
    expect(Math.min(...drawn.nodes.map((node) => Math.hypot(node.x - x, node.y - y)))).toBeGreaterThan(80);
  });

  it("links two nodes once, and none with itself", () => {
    const drawn = path(3);
    const ring = link(drawn, 2, 0);
    expect(ring.links).toHaveLength(3);
    expect(ring.links.at(-1)).toMatchObject({ tree: false });
    expect(link(ring, 0, 2)).toBe(ring);
    expect(link(ring, 1, 1)).toBe(ring);
  });

  it("says what falls apart where a node is deleted, and stays whole where a link beside the tree holds it", () => {
    expect(kinds(removeNode(path(3), 1))).toEqual(["pieces"]);
    expect(kinds(removeNode(link(path(3), 0, 2), 1))).toEqual([]);
  });

  it("never gives an id again", () => {
    expect(addNode(removeNode(path(3), 2), 0, 0, null, 3).id).toBe(3);
  });

  it.each([
    ["sameName", changeNode(path(2), 1, { name: "root" })],
    ["samePort", changeNode(path(2), 1, { port: 8000 })],
    ["port", changeNode(path(2), 1, { port: 70_000 })],
    ["cpu", changeNode(path(2), 1, { cpu: 0 })],
    ["cpu", changeNode(path(2), 1, { cpu: Number.NaN })],
    ["name", changeNode(path(2), 1, { name: "a/b" })],
    ["role", changeNode(path(2), 1, { role: "x".repeat(65) })],
    ["roles", changeNode(path(2), 1, { roles: ["a", "a"] })],
    ["delay", delayLink(path(2), 0, 1, -1)],
    ["deep", path(402)],
    ["empty", EMPTY],
  ])("is refused for %s", (kind, drawn) => {
    expect(kinds(drawn)).toEqual([kind]);
  });

  it.each(["a", "Node 7", "узел", "x".repeat(64), "a.b"])("takes the name %j", (name) => { expect(isName(name)).toBe(true); });
  it.each(["", " a", "a ", ".", "..", "a/b", "a\\b", "a?b", "a#b", "a%b", "x".repeat(65), "a\tb", "a\u00a0b", "a\u200bb"])("takes no name %j", (name) => { expect(isName(name)).toBe(false); });

  it("reads roles with commas between them", () => { expect(rolesIn(" a, b ,, c")).toEqual(["a", "b", "c"]); });
});

describe("steps", () => {
  it("go back and on again, until something else is drawn", () => {
    const [one, two, other] = [path(1), path(2), path(3)];
    const drawn = withStep(withStep(beginning(), one), two);
    const back = undone(drawn);
    expect(back.now).toBe(one);
    expect(redone(back)).toEqual(drawn);
    expect(redone(withStep(back, other)).now).toBe(other);
    expect(undone(undone(undone(drawn))).now).toBe(EMPTY);
    expect(withStep(drawn, drawn.now)).toBe(drawn);
  });

  it("are forgotten, the oldest first, where there are too many", () => {
    let history = beginning();
    for (let at = 0; at < MOST_STEPS + 10; at++) history = withStep(history, { ...EMPTY });
    expect(history.past).toHaveLength(MOST_STEPS);
  });
});

describe("the sheet", () => {
  const size = { width: 400, height: 300 };

  it("is seen whole, and a place of the screen is one of the sheet", () => {
    const drawn = path(6);
    const camera = wholeOf(drawn, size);
    for (const { x, y } of drawn.nodes) {
      const seen = onScreen(camera, size, x, y);
      expect(seen.x).toBeGreaterThanOrEqual(0);
      expect(seen.x).toBeLessThanOrEqual(400);
      expect(onSheet(camera, size, seen.x, seen.y)).toEqual({ x, y });
    }
  });

  it("comes nearer around the pointer", () => {
    const camera = { x: 10, y: 20, scale: 0.5 };
    const at = { x: 100, y: 250 };
    const before = onSheet(camera, size, at.x, at.y);
    expect(onSheet(nearer(camera, size, 1, at), size, at.x, at.y)).toEqual(before);
  });

  it("leads from node to node by arrows", () => {
    const [first, second] = path(3).nodes;
    if (!first || !second) throw new Error("no nodes");
    expect(towards(path(3).nodes, first, "ArrowRight")?.name).toBe("node-1");
    expect(towards(path(3).nodes, second, "ArrowLeft")?.name).toBe("root");
    expect(towards(path(3).nodes, second, "ArrowUp")).toBeNull();
  });
});
