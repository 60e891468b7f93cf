import { expect, test } from "vitest";
import { de } from "../../src/i18n/de";
import { en } from "../../src/i18n/en";
import { networkTitle, withNetworkTitle } from "../../src/i18n/network-title";
import { ru } from "../../src/i18n/ru";

test.each([
  ["binary, 15 nodes", "Binary tree, 15 nodes", "Двоичное дерево, 15 узлов", "Binärbaum, 15 Knoten"],
  ["own topology, 1 nodes", "Own network, 1 node", "Своя сеть, 1 узел", "Eigenes Netz, 1 Knoten"],
  ["constructor, 3 nodes", "constructor, 3 nodes", "constructor, 3 узла", "constructor, 3 Knoten"],
  ["grid-3x3.json", "grid-3x3.json", "grid-3x3.json", "grid-3x3.json"],
  ["10 nodes, 9 links, depth 3, diameter 5, a tree", "10 nodes, 9 links", "10 узлов, 9 связей", "10 Knoten, 9 Kanten"],
])("a network that the server calls %j is called so in each language", (title, english, russian, german) => {
  expect([en, ru, de].map((words) => networkTitle(title, words))).toEqual([english, russian, german]);
});

test("a sentence about a network names it so, and others stay as they are", () => {
  expect(withNetworkTitle({ title: "ring, 5 nodes" }, ru)).toEqual({ title: "Кольцо, 5 узлов" });
  expect(withNetworkTitle({ node: "root" }, ru)).toEqual({ node: "root" });
  expect(withNetworkTitle(null, ru)).toBeNull();
});
