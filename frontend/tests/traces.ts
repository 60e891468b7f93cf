/** A recorded run for the tests: echo on a triangle, where b and c also send to each other, as the simulator writes it. */
const NAMES = ["a", "b", "c"];

interface Written {
  t: number;
  node: string;
  event: string;
  peer?: string;
  message_id?: string;
  message?: unknown;
  kind?: string;
}

const token = { $: "Token" };
const reply = { $: "Reply" };

export const ECHO_OF_TRIANGLE: readonly Written[] = [
  { t: 0, node: "a", event: "join" },
  { t: 0, node: "a", event: "start" },
  { t: 0, node: "a", event: "send", peer: "b", message: token, message_id: "a:1" },
  { t: 0, node: "a", event: "send", peer: "c", message: token, message_id: "a:2" },
  { t: 1, node: "b", event: "join" },
  { t: 1, node: "b", event: "receive", peer: "a", message: token, message_id: "a:1" },
  { t: 1, node: "b", event: "send", peer: "c", message: token, message_id: "b:1" },
  { t: 2, node: "c", event: "receive", peer: "a", message: token, message_id: "a:2" },
  { t: 2, node: "c", event: "send", peer: "b", message: token, message_id: "c:1" },
  { t: 3, node: "b", event: "receive", peer: "c", message: token, message_id: "c:1" },
  { t: 3, node: "b", event: "send", peer: "a", message: reply, message_id: "b:2" },
  { t: 4, node: "c", event: "receive", peer: "b", message: token, message_id: "b:1" },
  { t: 4, node: "c", event: "send", peer: "a", message: reply, message_id: "c:2" },
  { t: 5, node: "a", event: "receive", peer: "b", message: reply, message_id: "b:2" },
  { t: 6, node: "a", event: "receive", peer: "c", message: reply, message_id: "c:2" },
  { t: 6, node: "a", event: "decide", message: 3 },
];

export const HEADER = {
  version: 1, runtime: "simulator", algorithm: "echo", seed: 0,
  topology: { nodes: NAMES, neighbors: [[1, 2], [0, 2], [0, 1]] },
};

/** A trace file of these lines. */
export const fileOf = (lines: readonly Written[], header: object = HEADER): string =>
  [header, ...lines.map((line, at) => ({ seq: at + 1, wave: "a-1", ...line }))].map((line) => `${JSON.stringify(line)}\n`).join("");
