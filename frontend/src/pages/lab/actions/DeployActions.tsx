/** Let the network grow or shrink to so many nodes while it works: the goal, and how far the lab is with it. */
import { NumberInput } from "@mantine/core";
import { useState } from "react";
import { ActionError } from "../../../api/rest";
import { deployNodes } from "../../../api/scaling";
import { problemSaid, Said, say, toldOf } from "../../../i18n/say";
import { useTranslation } from "../../../i18n/use-translation";
import { isReplicas, leavingIn } from "../../../state/deploy";
import { useEvery } from "../../../state/hooks";
import { useCatalog } from "../../../state/catalog";
import { useConnected, useLab } from "../../../state/lab-store";
import { select } from "../../../state/view";
import { FocusableButton } from "../../../theme/FocusableButton";
import { deployText } from "../../../i18n/deploy-text";
import { AgentList } from "./AgentList";
import { Autoscale } from "./Autoscale";

const STATE_INTERVAL_MS = 250;
/** The others are marked on the drawing and in the table. */
const LEAVING_SHOWN = 3;
const SENTENCES_SHOWN = 2;

/** A problem of many nodes has a sentence for each; the feed has them all. */
function briefly(problem: string): string {
  const sentences = problem.split("; ");
  const more = sentences.length - SENTENCES_SHOWN;
  return sentences.slice(0, SENTENCES_SHOWN).join("; ") + (more > 0 ? `; +${more}` : "");
}

/** What the lab does about it now, and what holds it up. */
function DeployState() {
  const words = useTranslation();
  const deploy = useEvery(STATE_INTERVAL_MS, useLab, ({ lab }) => lab?.deploy ?? null);
  if (!deploy) return null;
  const leaving = leavingIn(deploy);
  return (
    <div className="hint deploy-state" data-phase={deploy.phase} data-testid="deploy-state">
      <p role="status">{deployText(deploy, words)}</p>
      {deploy.problem !== null && <p className="danger" role="alert">{words.deployProblem(briefly(say(deploy.problem, toldOf(deploy.sentences, "problem"))))}</p>}
      {leaving.slice(0, LEAVING_SHOWN).map(([name, why]) => (
        <p key={name}><button type="button" className="quiet" onClick={() => { select({ type: "node", name }); }}>{name}</button> <Said text={why} told={(toldOf(deploy.sentences, "leaving") as Record<string, unknown> | undefined)?.[name]} /></p>
      ))}
      {leaving.length > LEAVING_SHOWN && <p>+{leaving.length - LEAVING_SHOWN}</p>}
      {deploy.desired_replicas === null && leaving.length === 0 && <p>{words.nobodyDeployed}</p>}
    </div>
  );
}

export function DeployActions() {
  const words = useTranslation();
  const open = useConnected();
  const wanted = useLab(({ lab }) => lab && (lab.deploy.desired_replicas ?? lab.deploy.actual_replicas));
  const most = useCatalog(({ limits }) => limits?.deploy_nodes ?? null);
  /** What somebody has written; null: what the lab wants stands in the field. */
  const [written, setWritten] = useState<string | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const text = written ?? String(wanted ?? "");
  const send = async () => {
    if (!isReplicas(text, most)) {
      setRefused(words.deployFault(most));
      return;
    }
    try {
      await deployNodes(Number(text));
      setWritten(null);
      setRefused(null);
    } catch (error) {
      if (!(error instanceof ActionError)) throw error;
      const { title, detail } = problemSaid(error.problem);
      setRefused(`${title}. ${detail}`);
    }
  };
  return (
    <section className="group">
      <h2>{words.scalingHeading}</h2>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (open) void send();
        }}
      >
        <NumberInput
          label={words.nodesWanted}
          value={text}
          min={1}
          {...(most !== null && { max: most })}
          clampBehavior="none"
          error={refused !== null && <span role="alert">{refused}</span>}
          onChange={(value) => {
            setWritten(String(value));
            setRefused(null);
          }}
          data-testid="deploy-count"
        />
        <FocusableButton type="submit" fullWidth variant="default" disabled={!open || wanted === null} data-testid="deploy">
          {words.deploy}
        </FocusableButton>
      </form>
      <DeployState />
      <Autoscale />
      <AgentList />
      <p className="hint">{words.deployHint}</p>
    </section>
  );
}
