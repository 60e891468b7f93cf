/** One step: what there is to understand, what to press, and what came of it as the lab itself says it. */
import { useEffect, useRef, type ReactNode } from "react";
import { Link } from "wouter";
import { count, load, milliseconds, names } from "../../i18n/format";
import { say } from "../../i18n/say";
import { useWords } from "../../i18n/words";
import { usePlayback } from "../../playback/store";
import { useEvery } from "../../state/hooks";
import type { Lab } from "../../state/lab";
import { useConnected, useLab } from "../../state/lab-store";
import { isReferred } from "../../state/address";
import { select, selectWave, useView } from "../../state/view";
import { FocusableButton } from "../../theme/FocusableButton";
import { rebalance, tasks, wave } from "../lab/actions/commands";
import { Facts } from "../../theme/Facts";
import { kill, playAgain, startQuickly, startSlowly } from "./commands";
import { GuideText } from "./GuideText";
import { useProgress, watchStep } from "./progress";
import { leafOf, movesSince, TASKS_GIVEN, victimOf, wavesSince, type Begin, type Step } from "./steps";
import { guideWords } from "./words";

const LOOK_MS = 200;
const NAMES_SHOWN = 6;

/** What a step shows: all of it follows from the lab. */
interface Shown {
  title: string;
  text: string;
  press: ReactNode;
  button: { label: string; press: () => void; ready: boolean } | null;
  /** What has happened, once it has. */
  done: string;
  /** Why it has not, where the reader did what was asked for. */
  note?: string;
  more?: ReactNode;
}

const neighboursOf = ({ network }: Lab, node: number): number => network.links.filter((pair) => pair.includes(node)).length;

function NumbersNow({ lab }: { lab: Lab }) {
  const { numbers: words } = useWords(guideWords);
  const selection = useView((view) => view.selection);
  /** When the reader began, at whichever step. */
  const from = useProgress(({ begun }) => Math.min(...Object.values(begun).map(({ time }) => time)));
  const imbalance = lab.history.imbalance.at(-1) ?? 0;
  const found = lab.waves.find((one) => selection?.type === "wave" && isReferred(selection, one));
  const tiles: [string, string][] = [
    [words.load, load(lab.nodes.load.reduce((sum, one) => sum + one, 0), 0)],
    [words.imbalance, load(imbalance, 2)],
    [words.moves, count(movesSince(lab, { time: from }))],
    [words.up, `${count(lab.nodes.state.filter((state) => state === "up").length)} / ${count(lab.network.names.length)}`],
  ];
  return (
    <>
      <dl className="guide-tiles">
        {tiles.map(([name, value]) => <div key={name}><dt>{name}</dt><dd className="figure">{value}</dd></div>)}
      </dl>
      {found && (
        <div className="guide-sheet" data-testid="guide-sheet">
          <h3>{say(found.title)}</h3>
          <Facts
            facts={[
              [words.messages, count(found.messages ?? 0)],
              [words.proven, found.bound === null ? "–" : `${found.bound_kind === "at most" ? "≤" : "="} ${count(found.bound)}`],
              [words.duration, milliseconds(found.duration_ms)],
              [words.decided, names(found.deciders, NAMES_SHOWN) || words.nobody],
              [words.missing, names(found.missing, NAMES_SHOWN) || words.nobody],
            ]}
          />
        </div>
      )}
    </>
  );
}

/** What the steps show, each by its name. */
function useShown(step: Step, lab: Lab, begin: Begin): Shown {
  const words = useWords(guideWords);
  const selection = useView((view) => view.selection);
  const film = usePlayback((state) => state.wave);
  const { network } = lab;
  const root = network.names[0] ?? "";
  const leaf = leafOf(network);
  const victim = victimOf(network);
  const running = wavesSince(lab, begin).find(({ state }) => state === "running");
  const up = lab.nodes.state.every((state) => state === "up" || state === "foreign");
  const nodes = network.names.length;
  const links = network.links.length;
  /** The text names a node: the picture shows which one it is, also where there is no room for all names. */
  const at = (name: string, act: () => unknown) => () => {
    select({ type: "node", name });
    void act();
  };
  switch (step) {
    case "network": {
      const node = selection?.type === "node" ? (network.indexOf.get(selection.name) ?? 0) : 0;
      return {
        ...words.network, button: { label: words.network.action, press: () => { select({ type: "node", name: leaf }); }, ready: true },
        done: words.network.done(network.names[node] ?? "", network.ports[node] ?? 0, network.cpus[node] ?? 0, neighboursOf(lab, node)),
      };
    }
    case "wave": {
      const own = wavesSince(lab, begin, "echo").find(({ state }) => state === "complete");
      return {
        ...words.wave, press: words.wave.press(root), button: { label: words.wave.action, press: () => void wave("echo", null), ready: up },
        done: words.wave.done(milliseconds(own?.duration_ms ?? film?.duration_ms ?? null)),
      };
    }
    case "back":
      return { ...words.back, button: { label: words.back.action, press: () => void playAgain(), ready: true } };
    case "count": {
      const own = wavesSince(lab, begin, "echo").find(({ state, initiators }) => state === "complete" && initiators[0] !== root);
      return {
        ...words.count, text: words.count.text(count(links), count(2 * links)), press: words.count.press(leaf),
        button: { label: words.count.action(leaf), press: at(leaf, () => wave("echo", leaf)), ready: up },
        done: words.count.done(count(own?.messages ?? 2 * links)),
      };
    }
    case "finn": {
      const own = lab.waves.findLast(({ algorithm, state }) => algorithm === "finn-full" && state === "complete");
      return {
        ...words.finn, text: words.finn.text(`4 × ${count(nodes)} × ${count(links)} = ${count(4 * nodes * links)}`), button: { label: words.finn.action, press: () => void wave("finn-full", null), ready: up },
        done: words.finn.done(typeof own?.messages === "number" ? count(own.messages) : "…", count(2 * links)),
      };
    }
    case "kill": {
      const mine = wavesSince(lab, begin);
      const broken = mine.find(({ state, missing }) => state === "incomplete" && missing.length > 0);
      return {
        ...words.kill, press: words.kill.press(victim),
        button: running
          ? { label: words.kill.kill(victim), press: at(victim, () => kill(victim)), ready: lab.nodes.state[network.indexOf.get(victim) ?? -1] === "up" }
          : { label: words.kill.action, press: () => void startSlowly(), ready: up },
        done: words.kill.done(names(broken?.missing ?? [], NAMES_SHOWN)),
        ...(mine[0]?.state === "complete" && { note: words.kill.early }),
      };
    }
    case "heal":
      return {
        ...words.heal, button: { label: words.heal.action, press: () => void startQuickly(), ready: up },
        done: words.heal.done(nodes), ...(!up && { note: words.starting }),
      };
    case "tasks":
      return {
        ...words.tasks, press: words.tasks.press(leaf),
        button: { label: words.tasks.action(TASKS_GIVEN, leaf), press: at(leaf, () => tasks(leaf, TASKS_GIVEN)), ready: true },
        done: words.tasks.done((lab.tasks?.submitted ?? 0) - begin.submitted),
      };
    case "rebalance": {
      const { rebalance_interval: interval } = lab.settings;
      const idle = lab.nodes.load.every((one) => one === 0);
      return {
        ...words.rebalance,
        press: interval > 0 ? `${words.rebalance.press} ${words.rebalance.bySelf(load(interval, 0))}` : words.rebalance.press,
        button: { label: words.rebalance.action, press: () => void rebalance(), ready: true },
        done: words.rebalance.done(movesSince(lab, begin)), ...(idle && { note: words.rebalance.nothing }),
      };
    }
    case "numbers": {
      const last = lab.waves.findLast(({ purpose, state }) => purpose === null && state !== "running");
      return {
        ...words.numbers, button: { label: words.numbers.action, press: () => { if (last) selectWave(last); }, ready: last !== undefined },
        ...(!last && { note: words.numbers.noWave }), more: <NumbersNow lab={lab} />,
      };
    }
  }
}

export function StepPanel({ step }: { step: Step }) {
  const words = useWords(guideWords);
  const seen = useEvery(LOOK_MS, useLab, (state) => state.lab);
  // What came of a step is told by the state of the lab that ended it, not by the one that was looked at before.
  const done = useProgress((progress) => progress.done.includes(step));
  const lab = done ? useLab.getState().lab : seen;
  const connected = useConnected();
  useEffect(() => watchStep(step), [step]);
  const begin = useProgress(({ begun }) => begun[step]);
  if (!lab || !begin) return <article className="guide-step"><h2>{words[step].title}</h2><p className="hint" role="status">{words.waiting}</p></article>;
  return <StepShown step={step} lab={lab} begin={begin} done={done} connected={connected} />;
}

interface StepProps {
  step: Step;
  lab: Lab;
  begin: Begin;
  done: boolean;
  connected: boolean;
}

function StepShown({ step, lab, begin, done, connected }: StepProps) {
  const words = useWords(guideWords);
  const { title, text, press, button, done: outcome, note, more } = useShown(step, lab, begin);
  const article = useRef<HTMLElement>(null);
  const wasDone = useRef(done);
  // What has come of a press would be out of view where there is little room, as on a phone.
  useEffect(() => {
    if (done && !wasDone.current) article.current?.lastElementChild?.scrollIntoView({ block: "nearest" });
    wasDone.current = done;
  }, [done]);
  return (
    <article ref={article} className="guide-step" data-testid="guide-step" data-step={step} data-done={done}>
      <h2>{title}</h2>
      <GuideText text={text} />
      {more}
      <p className="guide-press">{press}</p>
      {button && (
        <FocusableButton size="sm" variant={done ? "default" : "filled"} disabled={!connected || !button.ready} onClick={button.press} data-testid="guide-action">
          {button.label}
        </FocusableButton>
      )}
      <div role="status" className="guide-outcome" data-testid="guide-outcome">
        {done ? <p data-done="true">{outcome}</p> : note !== undefined && <p className="hint">{note}</p>}
      </div>
      {done && step === "numbers" && <p className="guide-ways"><Link href="/">{words.numbers.toLab}</Link> <Link href="/dashboard">{words.numbers.toDashboard}</Link></p>}
    </article>
  );
}
