/** Under the pictures: to and fro through the run, and how fast it plays. */
import { ActionIcon, Button, NativeSelect, Slider } from "@mantine/core";
import { useEffect, useRef } from "react";
import { count } from "../../i18n/format";
import { useWords } from "../../i18n/words";
import { Icon } from "../../theme/Icon";
import { goTo, goToDecision, goToEnd, SPEEDS, stepBy, tick, toggle, useLaboratory, type Opened } from "./store";
import { stepOn } from "./predict/store";
import { laboratoryWords } from "./words";

/** A hidden tab gets no frames: then the run stands still, and does not jump on when it is seen again. */
const LONGEST_FRAME_MS = 200;

/** Goes on with the run in animation frames, but only while it plays. */
function useClock() {
  const playing = useLaboratory((state) => state.playing);
  useEffect(() => {
    if (!playing) return;
    let last = performance.now();
    let due = 0;
    let frame = requestAnimationFrame(function next(now) {
      due += (Math.min(now - last, LONGEST_FRAME_MS) / 1000) * useLaboratory.getState().speed;
      last = now;
      const whole = Math.floor(due);
      due -= whole;
      if (whole > 0) tick(whole);
      frame = requestAnimationFrame(next);
    });
    return () => { cancelAnimationFrame(frame); };
  }, [playing]);
}

export function Controls({ opened, position }: { opened: Opened; position: number }) {
  const words = useWords(laboratoryWords);
  const playing = useLaboratory((state) => state.playing);
  const speed = useLaboratory((state) => state.speed);
  useClock();
  // What opened the run is gone: the keyboard goes on where the way through it begins.
  const way = useRef<HTMLButtonElement>(null);
  useEffect(() => { way.current?.focus({ preventScroll: true }); }, [opened.source]);
  const all = opened.index.run.steps.length;
  const meter = opened.index.meters[position];
  return (
    <section className="run-controls" aria-label={words.place}>
      <ActionIcon.Group>
        <ActionIcon variant="default" size="lg" aria-label={words.first} title={words.first} onClick={() => { goTo(0); }} data-testid="run-first"><Icon name="again" /></ActionIcon>
        <ActionIcon variant="default" size="lg" aria-label={words.back} title={words.back} onClick={() => { stepBy(-1); }} data-testid="run-back"><Icon name="stepBack" /></ActionIcon>
        <ActionIcon variant="default" size="lg" aria-label={playing ? words.pause : words.play} title={playing ? words.pause : words.play} onClick={toggle} data-testid="run-play"><Icon name={playing ? "pause" : "play"} /></ActionIcon>
        <ActionIcon ref={way} variant="default" size="lg" aria-label={words.step} title={words.step} onClick={stepOn} data-testid="run-step"><Icon name="stepOn" /></ActionIcon>
      </ActionIcon.Group>
      <Button variant="default" onClick={goToDecision} data-testid="run-decision">{words.nextDecide}</Button>
      <Button variant="default" onClick={goToEnd} data-testid="run-last">{words.last}</Button>
      <Slider className="run-place" thumbLabel={words.place} min={0} max={Math.max(1, all - 1)} value={position} label={null} onChange={goTo} />
      <NativeSelect
        aria-label={words.play}
        value={String(speed)}
        data={SPEEDS.map((each) => ({ value: String(each), label: `${each}×` }))}
        onChange={(event) => { useLaboratory.setState({ speed: Number(event.currentTarget.value) }); }}
      />
      {meter && (
        <p className="run-meter" data-testid="run-meter">
          {words.messagesSent}: <b data-testid="run-messages">{count(meter.messages)}</b> · {words.decisions}: <b>{count(meter.decisions)}</b> · {words.depth}: <b>{count(meter.depth)}</b>
        </p>
      )}
    </section>
  );
}
