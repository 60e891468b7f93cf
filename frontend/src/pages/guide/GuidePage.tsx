/** The guide: ten steps with the real lab beside them, for somebody who has never heard of waves; and the glossary. */
import { useEffect, useRef } from "react";
import { Link, useParams } from "wouter";
import { GraphPane } from "../../graph/GraphPane";
import { useWords } from "../../i18n/words";
import { watchWaves } from "../../playback/autoplay";
import { PlaybackBar } from "../../playback/PlaybackBar";
import { select } from "../../state/view";
import { NodeMenu } from "../lab/panels/NodeMenu";
import { Glossary } from "./Glossary";
import "./guide.css";
import { watchLeaving } from "./commands";
import { useProgress, watchFilms } from "./progress";
import { StepPanel } from "./StepPanel";
import { STEPS, type Step } from "./steps";
import { guideWords } from "./words";

const GLOSSARY = "glossary";
const pathOf = (step: Step) => `/guide/${step}`;

function Steps({ shown }: { shown: Step | null }) {
  const words = useWords(guideWords);
  const done = useProgress((progress) => progress.done);
  return (
    <nav aria-label={words.steps} className="guide-steps">
      <ol>
        {STEPS.map((step, place) => (
          <li key={step}>
            <Link
              href={pathOf(step)}
              aria-current={step === shown ? "step" : undefined}
              aria-label={`${place + 1}. ${words[step].title}${done.includes(step) ? ` (${words.doneMark})` : ""}`}
              title={words[step].title}
              data-done={done.includes(step)}
              data-testid={`guide-to-${step}`}
            >
              {done.includes(step) ? "✓" : place + 1}
            </Link>
          </li>
        ))}
      </ol>
      <Link href={`/guide/${GLOSSARY}`} aria-current={shown === null ? "step" : undefined} data-testid="guide-to-glossary">{words.glossary}</Link>
    </nav>
  );
}

function Ways({ step }: { step: Step }) {
  const words = useWords(guideWords);
  const done = useProgress((progress) => progress.done.includes(step));
  const place = STEPS.indexOf(step);
  const before = STEPS[place - 1];
  const next = STEPS[place + 1];
  return (
    <nav className="guide-next" aria-label={words.stepOf(place + 1, STEPS.length)}>
      {before ? <Link href={pathOf(before)}>{words.previous}</Link> : <span />}
      <span className="hint">{words.stepOf(place + 1, STEPS.length)}</span>
      {next ? <Link href={pathOf(next)} data-due={done} data-testid="guide-next">{words.next}</Link> : <span />}
    </nav>
  );
}

export default function GuidePage() {
  const words = useWords(guideWords);
  const { step: asked } = useParams<{ step?: string }>();
  const shown = asked === GLOSSARY ? null : (STEPS.find((step) => step === asked) ?? STEPS[0]);
  const text = useRef<HTMLDivElement>(null);
  useEffect(() => {
    select(null);
    const stops = [watchWaves(), watchFilms(), watchLeaving()];
    return () => { for (const stop of stops) stop(); };
  }, []);
  useEffect(() => { text.current?.scrollTo(0, 0); }, [shown]);
  return (
    <main className="guide" aria-label={words.title}>
      <div className="guide-side">
        <Steps shown={shown} />
        <div ref={text} className="guide-text scroll">
          {shown === STEPS[0] && <p className="hint">{words.lead}</p>}
          {shown === null ? <Glossary /> : <StepPanel key={shown} step={shown} />}
        </div>
        {shown !== null && <Ways step={shown} />}
      </div>
      <section className="guide-lab centre" aria-label={words.picture}>
        <GraphPane light />
        <PlaybackBar />
      </section>
      <NodeMenu />
    </main>
  );
}
