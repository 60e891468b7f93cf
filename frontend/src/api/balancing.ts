/** What the lab can be told to do in one way or another while it runs: who gives to whom, who gets a new task, who is next, who predicts. */
import { readDescription, request } from "./rest";
import type { BalancingPolicy, Forecasts, LabSettings, Rebalancing } from "./types";

/** The settings that name one thing of a list, and where the lab lists what they may name. */
const LISTS = { policy: "/policies", placement: "/placements", discipline: "/disciplines", forecast: "/forecasts" } as const;

export type Rule = keyof typeof LISTS;
/** One of a list, as the lab describes it; `missing` says what has to be installed for it. */
export type RuleChoice = Pick<BalancingPolicy, "name" | "title" | "summary"> & Partial<BalancingPolicy> & { missing?: string | null };

/** What `forecast` names where nobody predicts. */
export const NO_FORECAST = "none";

/** The rules that this lab has, each with what it names now: an older lab knows fewer. */
export function rulesIn(settings: LabSettings): [Rule, string][] {
  const said: Record<string, unknown> = { ...settings };
  return (Object.keys(LISTS) as Rule[]).flatMap((rule) => {
    const name = said[rule];
    return typeof name === "string" ? [[rule, name] satisfies [Rule, string]] : [];
  });
}

/** The list of a rule; that of forecasts stands beside what they predict now. */
export async function listChoices(rule: Rule): Promise<RuleChoice[]> {
  const said = await readDescription(LISTS[rule]);
  return rule === "forecast" ? (said as Forecasts).models : (said as RuleChoice[]);
}

export const readRebalancing = () => request("GET", "/rebalancing") as Promise<Rebalancing>;

/** What is predicted for one node, and how good the forecast was for all. */
export const readForecasts = (node: string) =>
  request("GET", `/forecasts?node=${encodeURIComponent(node)}`) as Promise<Forecasts>;
