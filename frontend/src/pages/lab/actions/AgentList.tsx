/** The agents that run nodes on other hosts, where there are any: what each runs, and whether it is heard. */
import { readAgents } from "../../../api/scaling";
import type { AgentNow } from "../../../api/types";
import type { Translation } from "../../../i18n/en";
import { useTranslation } from "../../../i18n/use-translation";
import { useEvery } from "../../../state/hooks";
import { useLab } from "../../../state/lab-store";
import { usePolled } from "../../../state/polled";

const NEWS_INTERVAL_MS = 500;

/** Every agent that comes or goes is an event, and so is each change of what they run. */
const useNews = (): string =>
  useEvery(NEWS_INTERVAL_MS, useLab, ({ lab }) => `${lab?.network.version} ${lab?.events.findLast(({ kind }) => kind === "lab" || kind === "topology")?.seq}`);

function AgentRow({ agent, words }: { agent: AgentNow; words: Translation }) {
  const { name, host, state, replicas, workload, last_heard_s: heard } = agent;
  const about = [host, words.nodeCount(replicas), state === "silent" && heard !== null && words.agentHeard(heard), workload];
  return (
    <li data-state={state} data-testid={`agent-${name}`}>
      <b>{name}</b> <span className={state === "silent" ? "danger" : ""}>{words.agentStates[state]}</span>
      <small>{about.filter(Boolean).join(" · ")}</small>
    </li>
  );
}

export function AgentList() {
  const words = useTranslation();
  const { value } = usePolled("agents", useNews(), readAgents);
  if (!value || value.length === 0) return null;
  return (
    <div className="agents">
      <h3>{words.agents}</h3>
      <ul data-testid="agents">
        {value.map((agent) => <AgentRow key={agent.name} agent={agent} words={words} />)}
      </ul>
    </div>
  );
}
