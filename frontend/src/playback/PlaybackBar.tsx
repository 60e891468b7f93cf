/** Under the stage: what is playing, pause and step, the place in the wave, speed and pace, and the climbing counter. */
import { ActionIcon, NativeSelect, Slider } from "@mantine/core";
import { useEffect, useRef } from "react";
import { useShallow } from "zustand/react/shallow";
import { formulaOf } from "../i18n/formulas";
import { useEvery } from "../state/hooks";
import { count, decimal } from "../i18n/format";
import { Icon } from "../theme/Icon";
import { FocusableIcon } from "../theme/FocusableButton";
import { outcomeOf } from "./outcome";
import { stepText } from "./step-text";
import { say } from "../i18n/say";
import { useTranslation } from "../i18n/use-translation";
import { sliderAt, speedAt } from "./clock";
import { sentUntil } from "./moment";
import type { Pace } from "./schedule";
import { clear, seek, setPace, setSpeed, step, tick, toggle, usePlayback } from "./store";

const PLACE_INTERVAL_MS = 60;
/** A hidden tab gets no frames: then the playback stands still, and does not jump on when it is seen again. */
const LONGEST_FRAME_MS = 100;

/** Moves the playback on in every animation frame, but only while it plays. */
function useClock() {
  const playing = usePlayback((state) => state.state === "playing");
  useEffect(() => {
    if (!playing) return;
    let last = performance.now();
    let frame = requestAnimationFrame(function next(now) {
      tick(Math.min(now - last, LONGEST_FRAME_MS));
      last = now;
      frame = requestAnimationFrame(next);
    });
    return () => { cancelAnimationFrame(frame); };
  }, [playing]);
}

/** "17 of 28 = 2|E|", written without React: it changes in every frame. */
function Counter() {
  const words = useTranslation();
  const figure = useRef<HTMLElement>(null);
  const wave = usePlayback((state) => state.wave);
  useEffect(() => {
    const write = () => {
      const { schedule, steps } = usePlayback.getState();
      if (figure.current) figure.current.textContent = schedule ? count(sentUntil(schedule, steps)) : "0";
    };
    write();
    return usePlayback.subscribe(write);
  }, []);
  return (
    <p className="counter" aria-label={words.messagesCounter}>
      <b ref={figure} data-testid="counter">0</b>
      <span>
        {wave?.bound !== null && wave?.bound !== undefined && (
          <> {words.messagesOf} <b>{count(wave.bound)}</b> {formulaOf(wave)}</>
        )}{" "}
        {words.messagesCounter}
      </span>
    </p>
  );
}

function Place({ still }: { still: boolean }) {
  const words = useTranslation();
  const position = useEvery(PLACE_INTERVAL_MS, usePlayback, (state) => state.position);
  const length = usePlayback((state) => state.schedule?.length ?? 1);
  return (
    <Slider
      className="place"
      thumbLabel={words.place}
      min={0}
      max={1000}
      disabled={still}
      value={(position / length) * 1000}
      label={null}
      onChange={(value) => { seek((value / 1000) * length); }}
    />
  );
}

/** What the reader has stepped to, or how the wave ended; the first line of the bar, as high with words as without. */
function Story() {
  const words = useTranslation();
  const { state, wave, schedule, steps } = usePlayback(
    useShallow((playback) => ({
      state: playback.state, wave: playback.wave, schedule: playback.schedule,
      // While it plays the steps are too quick to be read, and to be drawn anew each time.
      steps: playback.state === "paused" ? playback.steps : 0,
    })),
  );
  const step = state === "paused" ? schedule?.steps[steps - 1] : undefined;
  const caption = step && schedule ? stepText(step, schedule.nodes, wave?.state ?? "complete", words) : "";
  const outcome = wave && state === "ended" ? outcomeOf(wave, schedule, words) : state === "running" ? words.running : "";
  return (
    <>
      {/* Always there: what comes together with its words is not read out. What is seen is the same, and not read twice. */}
      <p className="unseen" role="status" data-testid="announcement">{caption || (wave && outcome ? `${say(wave.title)}: ${outcome}` : "")}</p>
      {outcome && <p className="outcome" aria-hidden="true" data-state={state === "running" ? state : wave?.state} data-testid="outcome" title={outcome}>{outcome}</p>}
      {step && schedule && (
        <p className="caption" aria-hidden="true" data-testid="caption"><b>{words.eventNumber(steps, schedule.steps.length)}</b> {caption}</p>
      )}
    </>
  );
}

export function PlaybackBar() {
  const words = useTranslation();
  useClock();
  const state = usePlayback((playback) => playback.state);
  const speed = usePlayback((playback) => playback.speed);
  const pace = usePlayback((playback) => playback.pace);
  const wave = usePlayback((playback) => playback.wave);
  const button = state === "playing" ? words.pause : state === "ended" ? words.again : words.play;
  const idle = state === "empty" || state === "loading";
  const still = idle || state === "running";
  return (
    <section className="playback" aria-label={words.playback} data-state={state} data-wave={wave?.id} data-outcome={state === "ended" ? wave?.state : undefined} data-testid="playback">
      <div className="playback-line">
        {idle ? (
          <p className="hint">{state === "loading" ? words.playbackLoading : words.playbackEmpty}</p>
        ) : (
          <>
            <b className="playback-title">{wave && say(wave.title)}</b>
            <Counter />
          </>
        )}
        <Story />
        <span className="spring" />
        {!idle && (
          <button type="button" className="quiet" aria-label={words.backToLab} title={words.backToLab} onClick={clear} data-testid="back-to-lab"><Icon name="close" /></button>
        )}
      </div>
      <div className="playback-line">
        <ActionIcon.Group>
          <FocusableIcon variant="default" size="lg" disabled={still} aria-label={words.stepBack} title={words.stepBack} onClick={() => { step(-1); }} data-testid="step-back"><Icon name="stepBack" /></FocusableIcon>
          <FocusableIcon variant="filled" size="lg" disabled={still} aria-label={button} title={button} onClick={toggle} data-testid="play">
            <Icon name={state === "playing" ? "pause" : state === "ended" ? "again" : "play"} />
          </FocusableIcon>
          <FocusableIcon variant="default" size="lg" disabled={still} aria-label={words.stepOn} title={words.stepOn} onClick={() => { step(1); }} data-testid="step"><Icon name="stepOn" /></FocusableIcon>
        </ActionIcon.Group>
        <Place still={still} />
        <label className="speed">
          <span>{words.speed} <b>{decimal(speed, speed < 1 ? 2 : 1)}×</b></span>
          <Slider
            thumbLabel={words.speed}
            min={0}
            max={100}
            step={1}
            label={null}
            value={sliderAt(speed) * 100}
            onChange={(value) => { setSpeed(speedAt(value / 100)); }}
          />
        </label>
        <NativeSelect
          className="pace"
          aria-label={words.pace}
          title={words.paceHint}
          value={pace}
          data={[{ value: "hops", label: words.paceHops }, { value: "measured", label: words.paceMeasured }]}
          onChange={(event) => { setPace(event.currentTarget.value as Pace); }}
        />
      </div>
    </section>
  );
}
