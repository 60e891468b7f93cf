/** Beside the pictures: the step in words, what its message carries, what was decided, what is on its way. */
import { useMemo } from "react";
import { decimal, delay } from "../../i18n/format";
import { useWords } from "../../i18n/words";
import { onTheirWay } from "../../spacetime/moment";
import { HeldPanel } from "./held/HeldPanel";
import { useHeld } from "./held/held";
import { narrate, shortValue } from "./narration";
import { useSession } from "./session";
import { SessionPanel } from "./SessionPanel";
import type { Opened } from "./store";
import { laboratoryWords } from "./words";

/** Messages that are listed; the rest is counted. */
const LISTED = 40;
const COUNTED = 100_000;
const VALUE_CHARACTERS = 400;
const TIME_DIGITS = 6;

export function Inspector({ opened, position }: { opened: Opened; position: number }) {
  const words = useWords(laboratoryWords);
  const { run } = opened.index;
  const step = run.steps[position];
  const waiting = useMemo(() => onTheirWay(opened.index, position, COUNTED), [opened, position]);
  const held = useHeld(({ now }) => now?.state === "running");
  const stepped = useSession((state) => state.about !== null);
  const recorded = useSession((state) => state.recorded);
  const session = stepped || held;
  const listed = !session || recorded;
  if (!step) return <aside className="run-inspector scroll" tabIndex={0} aria-label={words.place}><SessionPanel key="session" opened={opened} /><HeldPanel key="held" /></aside>;
  const { names } = run.recording.network;
  const seconds = run.recording.unit === "s";
  const time = seconds ? delay(step.t * 1000) : words.units(decimal(step.t, TIME_DIGITS, 0));
  const carried = shortValue(step.line.message, VALUE_CHARACTERS);
  const decided = step.decided.map((value) => shortValue(value, VALUE_CHARACTERS)).filter((text) => text !== "");
  const nameOf = (node: number) => names[node] ?? words.narrate.unknown;
  return (
    <aside className="run-inspector scroll" tabIndex={0} aria-label={words.place}>
      <h2>{words.stepOf(position + 1, run.steps.length)}, {words.now(time)}</h2>
      <p className="run-said" aria-live="polite" data-testid="run-said">{narrate(run, position, words)}.</p>
      {carried !== "" && <><h2>{words.carries}</h2><pre>{carried}</pre></>}
      {decided.length > 0 && <><h2>{words.decided}</h2><pre data-testid="run-decided">{decided.join("\n")}</pre></>}
      {session && <SessionPanel key="session" opened={opened} />}
      <HeldPanel key="held" />
      {listed && <h2>{words.onTheirWay}</h2>}
      {listed && waiting.length === 0 && <p className="hint">{words.nothing}</p>}
      {listed && (
        <ul data-testid="run-waiting">
          {waiting.slice(0, LISTED).map((place) => {
            const flight = run.flights[place];
            return flight && <li key={place}>{words.fromTo(nameOf(flight.from), nameOf(flight.to))} <span className="hint">{flight.kind}</span></li>;
          })}
        </ul>
      )}
      {listed && waiting.length > LISTED && <p className="hint">{words.andMore(waiting.length - LISTED)}</p>}
      <p className="hint">{words.wokenBy}</p>
      {!held && <p className="hint">{words.keys}</p>}
    </aside>
  );
}
