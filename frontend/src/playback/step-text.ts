/** One event of a wave as a sentence. */
import type { Wave } from "../api/types";
import type { Step } from "./schedule";
import type { Translation } from "../i18n/en";

export function stepText({ kind, node, peer, message, then }: Step, nodes: readonly string[], state: Wave["state"], words: Translation): string {
  const own = nodes[node] ?? "";
  const other = peer === null ? "" : (nodes[peer] ?? "");
  const what = words.messageNames[message?.kind ?? "other"];
  switch (kind) {
    case "start": return words.steps.start(own);
    case "send": return words.steps.send(own, what, other);
    case "receive": return words.steps.receive(own, what, other);
    case "late": return words.steps.late(own, what, other);
    case "decide": return words.steps.decide(own);
    case "down": return words.steps.down(own, other);
    case "node": return then ? words.steps.node(own, words.conditions[then.state], then.cut, then.load) : "";
    case "end": return words.steps.end(words[state]);
  }
}
