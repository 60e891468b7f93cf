/** Beside the pictures of a wave that is held: what waits on the servers, with a button for each, and how long it will. */
import { Button } from "@mantine/core";
import { useEffect, useState } from "react";
import { count, duration } from "../../../i18n/format";
import { say } from "../../../i18n/say";
import { useWords } from "../../../i18n/words";
import { messageKind } from "../../../spacetime/recording";
import "./held.css";
import { deliver, deliverNext, letAllGo, useHeld } from "./held";
import { heldWords } from "./words";

/** Messages that are listed; the first of them are delivered first. */
const LISTED = 40;
const SECOND_MS = 1000;

/** The seconds that are left of `leftS`, which was read at `readMs`. */
function useLeft(leftS: number, readMs: number): number {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    const timer = setInterval(() => { setNow(performance.now()); }, SECOND_MS);
    return () => { clearInterval(timer); };
  }, []);
  return Math.max(0, Math.ceil(leftS - Math.max(0, now - readMs) / 1000));
}

function Countdown({ leftS, readMs }: { leftS: number; readMs: number }) {
  const words = useWords(heldWords);
  const left = useLeft(leftS, readMs);
  return <p className="hint" data-testid="held-left">{words.left(duration(left))}</p>;
}

export function HeldPanel() {
  const words = useWords(heldWords);
  const { wave, now, readMs, busy, problem } = useHeld();
  if (wave === null || now === null) return null;
  if (now.state !== "running") return <p role="status" data-testid="held-over">{words.over}</p>;
  const { messages } = now;
  return (
    <section className="held" aria-label={words.title} data-testid="held" data-waiting={messages.length}>
      <h2>{words.title}</h2>
      <p aria-live="polite" data-testid="held-waits">{messages.length === 0 ? words.none : words.waits(messages.length)}</p>
      {now.left_s === null ? <p className="hint">{words.free}</p> : <Countdown leftS={now.left_s} readMs={readMs} />}
      {problem && <p role="alert" className="danger">{say(problem.detail || problem.title, problem)}</p>}
      {now.held && (
        <p className="session-acts">
          <Button size="compact-sm" disabled={busy || messages.length === 0} onClick={() => void deliverNext()} data-testid="held-next">{words.next}</Button>
          <Button size="compact-sm" variant="default" disabled={busy} onClick={() => void letAllGo()} data-testid="held-let-go">{words.letGo}</Button>
        </p>
      )}
      <ol className="session-coming" data-testid="held-messages">
        {messages.slice(0, LISTED).map(({ number, peer, node, message, kind, behind }) => {
          const what = words.fromTo(peer, node);
          return (
            <li key={number} data-message={number}>
              <span>
                {count(number)}. {what} <span className="hint">{messageKind(message) || kind}{behind !== null && `. ${words.behind(count(behind))}`}</span>
              </span>
              <Button
                size="compact-xs" variant="default" disabled={busy || behind !== null || !now.held} aria-label={words.deliverThis(what)}
                onClick={() => void deliver(number)} data-testid={`held-deliver-${peer}-${node}`}
              >
                {words.deliver}
              </Button>
            </li>
          );
        })}
      </ol>
      <p className="hint">{words.keys}</p>
    </section>
  );
}
