/** Under the stage: what is playing, pause and step, the place in the wave, speed and pace, and the climbing counter. */
import { ActionIcon, NativeSelect, Slider } from "@mantine/core";
import { useEffect, useRef } from "react";
import { formulaOf } from "../i18n/formulas";
import { useEvery } from "../state/hooks";
import { count } from "../i18n/format";
import { Icon } from "../theme/Icon";
import { useTranslation } from "../i18n/use-translation";
import { sliderAt, speedAt } from "./clock";
import { sentUntil } from "./moment";
import type { Pace } from "./schedule";
import { clear, seek, setPace, setSpeed, step, tick, toggle, usePlayback } from "./store";

const PLACE_INTERVAL_MS = 60;

/** Moves the playback on in every animation frame, but only while it plays. */
function useClock() {
  const playing = usePlayback((state) => state.state === "playing");
  useEffect(() => {
    if (!playing) return;
    let last = performance.now();
    let frame = requestAnimationFrame(function next(now) {
      tick(now - last);
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
      const { schedule, position } = usePlayback.getState();
      if (figure.current) figure.current.textContent = schedule ? count(sentUntil(schedule, position)) : "0";
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

function Place() {
  const words = useTranslation();
  const position = useEvery(PLACE_INTERVAL_MS, usePlayback, (state) => state.position);
  const length = usePlayback((state) => state.schedule?.length ?? 1);
  return (
    <Slider
      className="place"
      aria-label={words.place}
      thumbLabel={words.place}
      min={0}
      max={1000}
      value={(position / length) * 1000}
      label={null}
      onChange={(value) => { seek((value / 1000) * length); }}
    />
  );
}

export function PlaybackBar() {
  const words = useTranslation();
  useClock();
  const state = usePlayback((playback) => playback.state);
  const speed = usePlayback((playback) => playback.speed);
  const pace = usePlayback((playback) => playback.pace);
  const title = usePlayback((playback) => playback.wave?.title ?? null);
  const id = usePlayback((playback) => playback.wave?.id ?? null);
  const button = state === "playing" ? words.pause : state === "ended" ? words.again : words.play;
  const idle = state === "empty" || state === "loading";
  return (
    <section className="playback" aria-label={words.playback} data-state={state} data-wave={id} data-testid="playback">
      {idle ? (
        <p className="hint">{state === "loading" ? words.playbackLoading : words.playbackEmpty}</p>
      ) : (
        <>
          <b className="playback-title">{title}</b>
          <Counter />
          <ActionIcon.Group>
            <ActionIcon variant="default" size="lg" aria-label={words.stepBack} title={words.stepBack} onClick={() => { step(-1); }}><Icon name="stepBack" /></ActionIcon>
            <ActionIcon variant="filled" size="lg" aria-label={button} title={button} onClick={toggle} data-testid="play">
              <Icon name={state === "playing" ? "pause" : state === "ended" ? "again" : "play"} />
            </ActionIcon>
            <ActionIcon variant="default" size="lg" aria-label={words.stepOn} title={words.stepOn} onClick={() => { step(1); }} data-testid="step"><Icon name="stepOn" /></ActionIcon>
          </ActionIcon.Group>
          <Place />
        </>
      )}
      <label className="speed">
        <span>{words.speed} <b>{speed.toFixed(speed < 1 ? 2 : 1)}×</b></span>
        <Slider
          aria-label={words.speed}
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
      {!idle && (
        <button type="button" className="quiet" aria-label={words.close} title={words.close} onClick={clear}><Icon name="close" /></button>
      )}
    </section>
  );
}
