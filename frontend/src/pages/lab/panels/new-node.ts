/** A node that is to join, as a form holds it: texts, until they are an order. Pure. */
import type { NodeOrder, Problem } from "../../../api/types";
import { numberIn } from "../../../tasks/written";

export const NODE_FIELDS = ["name", "cpu", "role"] as const;
export type NodeField = (typeof NODE_FIELDS)[number];
export type NodeDraft = Record<NodeField, string>;

export const NO_NODE: NodeDraft = { name: "", cpu: "", role: "" };

/** The order; what is left empty the lab chooses, and it alone judges the rest. */
export function nodeOrder(parent: string, { name, cpu, role }: NodeDraft): Partial<NodeOrder> {
  const said = { name: name.trim(), cpu: cpu.trim() && numberIn(cpu), role: role.trim() };
  return { parent, ...Object.fromEntries(Object.entries(said).filter(([, value]) => value !== "")) };
}

const OF_A_FIELD = /^(?:body: ?)?(?:body\.)?(name|cpu|role): /u;

/** Why the lab refuses the node, and beside which field that is to be said; null where it is about none of them. */
export function refusalOf({ title, detail, status }: Problem, said: Pick<Problem, "title" | "detail"> = { title, detail }): { field: NodeField | null; why: string } {
  const field = OF_A_FIELD.exec(detail)?.[1] as NodeField | undefined;
  if (status === 422 && field) return { field, why: said.detail.replace(OF_A_FIELD, "") };
  return { field: title === "Name taken" ? "name" : null, why: `${said.title}. ${said.detail}` };
}
