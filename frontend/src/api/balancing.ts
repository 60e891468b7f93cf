/** What the lab can be told to do in one way or another while it runs: who gives to whom, who gets a new task, who is next. */
import { readDescription, request } from "./rest";
import type { BalancingPolicy, LabSettings, Rebalancing } from "./types";

/** The settings that name one thing of a list, and where the lab lists what they may name. */
const LISTS = { policy: "/policies", placement: "/placements", discipline: "/disciplines" } as const;

export type Rule = keyof typeof LISTS;
/** One of a list, as the lab describes it. */
export type RuleChoice = Pick<BalancingPolicy, "name" | "title" | "summary"> & Partial<BalancingPolicy>;

/** The rules that this lab has, each with what it names now: an older lab knows fewer. */
export function rulesIn(settings: LabSettings): [Rule, string][] {
  const said: Record<string, unknown> = { ...settings };
  return (Object.keys(LISTS) as Rule[]).flatMap((rule) => {
    const name = said[rule];
    return typeof name === "string" ? [[rule, name] satisfies [Rule, string]] : [];
  });
}

export const listChoices = async (rule: Rule) => (await readDescription(LISTS[rule])) as RuleChoice[];

export const readRebalancing = () => request("GET", "/rebalancing") as Promise<Rebalancing>;
