/** What the page asks of the lab about how many nodes there are, and which. */
import { request } from "./rest";
import type { AgentNow, Deploy, NodeAdded, NodeLeaves, NodeOrder } from "./types";

export const readAgents = async () => ((await request("GET", "/agents")) as { agents: AgentNow[] }).agents;
export const deployNodes = (replicas: number) => request("POST", "/deploy", { replicas }) as Promise<Deploy>;
/** Answers when the node takes part. */
export const addNode = (order: Partial<NodeOrder>) => request("POST", "/nodes", order) as Promise<NodeAdded>;
/** Answers at once: while a node is on its way out the stream says what it waits for. */
export const removeNode = (name: string) =>
  request("DELETE", `/nodes/${encodeURIComponent(name)}?wait=0`) as Promise<NodeLeaves>;
/** Links two nodes beside the tree; answers when both have the link open. */
export const linkNodes = (a: string, b: string) => request("POST", "/links", { a, b });
export const unlinkNodes = (a: string, b: string) => request("DELETE", `/links?${new URLSearchParams({ a, b }).toString()}`);
