import "../../browser";
import { beforeAll, beforeEach, expect, it } from "vitest";
import { speak } from "../../../src/i18n/spoken";
import { readDraft } from "../../../src/pages/workshop/draft";
import { LIMITS } from "../../../src/pages/workshop/limits";
import { EMPTY } from "../../../src/pages/workshop/network";
import { add, beginLink, change, choose, chosenNode, clear, drawnNow, endLink, part, redo, removeChosen, replace, stopLink, undo, useWorkshop } from "../../../src/pages/workshop/store";

const names = () => drawnNow().nodes.map(({ name }) => name);
const said = () => useWorkshop.getState().said;

beforeAll(() => speak("en"));

beforeEach(() => {
  clear();
  useWorkshop.setState({ history: { past: [], now: EMPTY, future: [] } });
});

it("chooses what was added, links it, and says so", () => {
  add(0, 0, null);
  add(100, 0, chosenNode(useWorkshop.getState()));
  expect(names()).toEqual(["root", "node-1"]);
  expect(said()).toBe("node-1 was added and linked with root");
  undo();
  expect(names()).toEqual(["root"]);
  redo();
  expect(drawnNow().links).toHaveLength(1);
  redo();
  expect(said()).toBe("There is no such step");
});

it("draws a link from one node to another, once, and gives up at the same one", () => {
  add(0, 0, null);
  add(100, 0, null);
  const [a, b] = drawnNow().nodes.map(({ id }) => id);
  if (a === undefined || b === undefined) throw new Error("no nodes");
  beginLink(a);
  endLink(a);
  expect(said()).toBe("No link was drawn");
  beginLink(a);
  endLink(b);
  beginLink(b);
  endLink(a);
  expect(drawnNow().links).toHaveLength(1);
  beginLink(a);
  stopLink();
  expect(useWorkshop.getState().from).toBeNull();
  part(a, b);
  expect(drawnNow().links).toHaveLength(0);
});

it("deletes the chosen node or link, and chooses who was beside it", () => {
  add(0, 0, null);
  add(100, 0, chosenNode(useWorkshop.getState()));
  const [root, child] = drawnNow().nodes;
  if (!root || !child) throw new Error("no nodes");
  choose({ kind: "link", a: root.id, b: child.id });
  removeChosen();
  expect(drawnNow().links).toHaveLength(0);
  undo();
  choose({ kind: "node", id: child.id });
  removeChosen();
  expect(names()).toEqual(["root"]);
  expect(chosenNode(useWorkshop.getState())).toBe(root.id);
});

it("changes nothing where nothing is chosen", () => {
  add(0, 0, null);
  choose(null);
  removeChosen();
  expect(names()).toEqual(["root"]);
});

it("can have back what another network took the place of", () => {
  add(0, 0, null);
  change(drawnNow().nodes[0]?.id ?? -1, { name: "mine" });
  replace(EMPTY, "empty.json");
  undo();
  expect(names()).toEqual(["mine"]);
});

it("holds no more nodes than can be drawn", () => {
  const one = { name: "", port: 1, cpu: 1, role: "", roles: [], more: {}, x: 0, y: 0 };
  replace({ nodes: Array.from({ length: LIMITS.nodes }, (_, id) => ({ ...one, id })), links: [] }, "many");
  add(0, 0, null);
  expect(drawnNow().nodes).toHaveLength(LIMITS.nodes);
  expect(said()).toContain("A drawing holds at most");
});

it.each([null, "", "{", "[]", "{\"nodes\": 3}"])("takes %j for no drawing", (text) => {
  expect(readDraft(text)).toEqual(EMPTY);
});
