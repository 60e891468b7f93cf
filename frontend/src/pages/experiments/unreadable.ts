/** Why a report cannot be shown, as the list of reports tells it: the name of its folder, and a sentence. Pure. */
import type { Say } from "../../i18n/say";

export function unreadable(problem: string, say: Say): string {
  const [folder, ...why] = problem.split(": ");
  return [folder, say(why.join(": "))].join(": ");
}
