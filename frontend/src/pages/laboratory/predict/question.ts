/** What a hall is asked before a step is shown, and what is right. */
import type { Run, StepKind } from "../../../spacetime/steps";

/** What a node may do in a step, as others see it; exactly one of them is right. */
export const ANSWERS = ["nothing", "one", "several", "decides", "both"] as const;
export type Answer = (typeof ANSWERS)[number];

/** To these a node answers; what else happens, such as a crash, is no question. */
const ASKED: ReadonlySet<StepKind> = new Set<StepKind>(["start", "receive", "timer", "down"]);

export const canBeAsked = ({ steps }: Run, step: number): boolean => {
  const next = steps[step];
  return next !== undefined && next.node >= 0 && ASKED.has(next.kind);
};

export function rightAnswer({ steps }: Run, step: number): Answer {
  const { sent, decided } = steps[step] ?? { sent: [], decided: [] };
  if (decided.length > 0) return sent.length > 0 ? "both" : "decides";
  if (sent.length === 0) return "nothing";
  return sent.length === 1 ? "one" : "several";
}
