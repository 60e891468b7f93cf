/** What the stage shows, in words over it: slow links, nodes that will be overloaded, a deploy under way, a wave that runs, a recording, an outcome that is not complete. */
import { clockTime, count, delay, names } from "../../i18n/format";
import { say } from "../../i18n/say";
import { useTranslation } from "../../i18n/use-translation";
import { useAsked } from "../../playback/asked";
import { usePlayback } from "../../playback/store";
import { bottlenecksIn } from "../../state/bottlenecks";
import { deployText } from "../../i18n/deploy-text";
import { useEvery } from "../../state/hooks";
import { useLab } from "../../state/lab-store";
import type { Stage } from "../scene";

/** A class that presses a button again and again asks for many. */
const ASKED_SHOWN = 3;
const BOTTLENECKS_SHOWN = 3;
const DEPLOY_INTERVAL_MS = 250;

export function StageNote({ stage }: { stage: Stage }) {
  const words = useTranslation();
  const state = usePlayback((playback) => playback.state);
  const wave = usePlayback((playback) => playback.wave);
  const lab = useLab((one) => one.lab?.network ?? null);
  const linkDelay = useLab((one) => one.lab?.settings.link_delay ?? 0);
  const messages = useLab((one) => one.lab?.waves.findLast(({ id }) => id === wave?.id)?.messages ?? null);
  const bottlenecks = useLab(({ lab: one }) => (one ? names(bottlenecksIn(one), BOTTLENECKS_SHOWN) : ""));
  const deploy = useEvery(DEPLOY_INTERVAL_MS, useLab, ({ lab: one }) => (one && one.deploy.phase !== "settled" ? one.deploy : null));
  const asked = useAsked(({ titles }) => titles);
  const shown = wave !== null && state !== "empty" && state !== "loading";
  if (linkDelay === 0 && !shown && asked.length === 0 && bottlenecks === "" && !deploy) return null;
  return (
    <div className="stage-notes">
      {linkDelay > 0 && !stage.recorded && (
        <p className="stage-note" data-kind="delay" data-testid="stage-delay">{words.stageDelay(delay(linkDelay))}</p>
      )}
      {bottlenecks !== "" && !stage.recorded && (
        <p className="stage-note" data-kind="bottleneck" data-testid="stage-bottlenecks">{words.stageBottlenecks(bottlenecks)}</p>
      )}
      {deploy && !stage.recorded && (
        <p className="stage-note" data-kind="deploy" data-testid="stage-deploy">{deployText(deploy, words)}</p>
      )}
      {asked.length > 0 && (
        <p className="stage-note" data-kind="asked" data-testid="stage-asked" role="status">{words.stageAsked(names(asked, ASKED_SHOWN))}</p>
      )}
      {shown && state === "running" && (
        <p className="stage-note" data-kind="running" data-testid="stage-running">
          {words.stageRunning(say(wave.title), count(messages ?? wave.messages ?? 0))}
        </p>
      )}
      {shown && stage.recorded && (
        <p className="stage-note" data-kind="recorded" data-testid="stage-recorded">
          {words.stageRecorded(clockTime(wave.started))}{stage.network !== lab && `, ${words.stageOther}`}
        </p>
      )}
      {shown && state === "ended" && wave.state !== "complete" && (
        <p className="stage-note" data-kind="failed" data-testid="stage-outcome">{words.outcome(say(wave.title), words[wave.state])}</p>
      )}
    </div>
  );
}
