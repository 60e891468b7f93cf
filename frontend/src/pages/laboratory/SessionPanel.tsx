/** Beside the pictures of a session: what may be changed at the step of the cursor, and how it stands there. */
import { Button, NativeSelect } from "@mantine/core";
import { useState } from "react";
import { useWords, type Same } from "../../i18n/words";
import type { PendingEvent, SessionConditions, SessionMoment } from "../../session/forms";
import { Branches } from "./branches/Branches";
import { branchesWords } from "./branches/branches-words";
import { LessonPanel, LookForOrder } from "./lessons/LessonPanel";
import { shortValue, written } from "./narration";
import { change, choose, findBreak, useSession } from "./session";
import { sessionWords, type SessionWords } from "./session-words";
import { Stops } from "./stops/Stops";
import type { Opened } from "./store";
import { OnStage } from "./variables/OnStage";

/** Events that are listed; the rest is counted. */
const LISTED = 40;
const VALUE_CHARACTERS = 120;
/** How long a message is held back, so that all others that are on their way come first (units of virtual time). */
const HELD_BACK = 1_000;

const shortText = (value: unknown): string => shortValue(value, VALUE_CHARACTERS) || written(value);

type Say = Same<SessionWords>;

function said({ kind, node, peer, message }: PendingEvent, words: Say): string {
  const [who, other] = [node ?? "", peer ?? ""];
  if (kind !== "receive") return words.events[kind](who, other);
  const carried = shortValue(message, VALUE_CHARACTERS);
  return carried === "" ? words.fromTo(other, who) : `${words.fromTo(other, who)} ${carried}`;
}

/** What a button is called for whoever does not see beside what it stands. */
const named = (act: string, what: string): string => `${act}: ${what}`;

function Coming({ pending, total }: { pending: readonly PendingEvent[]; total: number }) {
  const words = useWords(sessionWords);
  const listed = pending.slice(0, LISTED);
  return (
    <>
      <h2>{words.coming}</h2>
      {total === 0 && <p className="hint">{words.nothing}</p>}
      <ol className="session-coming" data-testid="session-coming">
        {listed.map((event) => {
          const what = said(event, words);
          const { number, kind, next } = event;
          return (
            <li key={number}>
              <span>{what}</span>
              <span className="session-acts">
                <Button size="compact-xs" variant="default" disabled={!next} title={next ? undefined : words.behind} aria-label={named(words.now, what)} onClick={() => void choose(number)}>{words.now}</Button>
                {kind === "receive" && (
                  <>
                    <Button size="compact-xs" variant="default" aria-label={named(words.later, what)} onClick={() => void change("delay", { event: number, units: HELD_BACK })}>{words.later}</Button>
                    <Button size="compact-xs" variant="default" aria-label={named(words.lose, what)} onClick={() => void change("drop", { event: number })}>{words.lose}</Button>
                    <Button size="compact-xs" variant="default" aria-label={named(words.twice, what)} onClick={() => void change("duplicate", { event: number })}>{words.twice}</Button>
                  </>
                )}
              </span>
            </li>
          );
        })}
      </ol>
      {total > listed.length && <p className="hint">{words.andMore(total - listed.length)}</p>}
    </>
  );
}

function Variables({ moment }: { moment: SessionMoment }) {
  const words = useWords(sessionWords);
  return moment.nodes.map((node) => {
    const [before, after] = [moment.before[node] ?? {}, moment.after[node] ?? {}];
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    if (names.length === 0) return null;
    return (
      <table key={node} className="session-variables" data-testid="session-variables">
        <caption>{words.ofNode(node)}</caption>
        <thead><tr><th scope="col">{words.variable}</th><th scope="col">{words.before}</th><th scope="col">{words.after}</th></tr></thead>
        <tbody>
          {names.map((name) => (
            <tr key={name} data-changed={moment.changed[node]?.includes(name) ?? false}>
              <th scope="row">{name}</th>
              <td>{name in before ? shortText(before[name]) : "–"}</td>
              <td>{name in after ? shortText(after[name]) : "–"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    );
  });
}

function Conditions({ conditions }: { conditions: SessionConditions }) {
  const words = useWords(sessionWords);
  const [never, setNever] = useState(false);
  const { broken, messages, bits, time, bounds, witnesses } = conditions;
  return (
    <>
      <h2>{words.conditions}</h2>
      {broken.length === 0
        ? <p className="hint">{words.holdSoFar}</p>
        : <p className="danger" data-testid="session-broken">{words.broken(broken.map((name) => words.property(name)).join(", "))}</p>}
      {witnesses.map((each) => <p key={each}>{each}</p>)}
      <p className="hint" data-testid="session-meter">{words.meter(messages, bounds.messages, bits, time, bounds.time)}</p>
      <Button size="compact-sm" variant="default" onClick={() => void findBreak().then((found) => { setNever(found === false); })} data-testid="session-find-break">{words.findBreak}</Button>
      {never && <p className="hint" role="status">{words.neverBreaks}</p>}
    </>
  );
}

function Faults({ opened }: { opened: Opened }) {
  const words = useWords(sessionWords);
  const { names, links } = opened.recording.network;
  const [node, setNode] = useState(0);
  const [link, setLink] = useState(0);
  const [a, b] = links[link] ?? [0, 0];
  const between = { a: names[a] ?? "", b: names[b] ?? "" };
  const chosen = { node: names[node] ?? "" };
  return (
    <details>
      <summary>{words.faults}</summary>
      <NativeSelect label={words.node} value={String(node)} data={names.map((label, at) => ({ value: String(at), label }))} onChange={(event) => { setNode(Number(event.currentTarget.value)); }} />
      <span className="session-acts">
        <Button size="compact-sm" variant="default" onClick={() => void change("crash", chosen)}>{words.crash}</Button>
        <Button size="compact-sm" variant="default" onClick={() => void change("restart", chosen)}>{words.restart}</Button>
      </span>
      {links.length > 0 && (
        <>
          <NativeSelect label={words.link} value={String(link)} data={links.map(([from, to], at) => ({ value: String(at), label: `${names[from] ?? ""} – ${names[to] ?? ""}` }))} onChange={(event) => { setLink(Number(event.currentTarget.value)); }} />
          <span className="session-acts">
            <Button size="compact-sm" variant="default" onClick={() => void change("cut", between)}>{words.cut}</Button>
            <Button size="compact-sm" variant="default" onClick={() => void change("mend", between)}>{words.mend}</Button>
          </span>
        </>
      )}
    </details>
  );
}

export function SessionPanel({ opened }: { opened: Opened }) {
  const words = useWords(sessionWords);
  const branchesSaid = useWords(branchesWords);
  const { here, around, problems, over, lost, about, recorded } = useSession();
  if (about === null || here === null) return null;
  return (
    <>
      {problems.length > 0 && <div role="alert" className="danger" data-testid="session-problems">{problems.map((each) => <p key={each}>{each}</p>)}</div>}
      {lost && <p role="status" className="danger" data-testid="session-lost">{branchesSaid.lost}</p>}
      {over !== null && <p role="alert" className="danger" data-testid="session-over">{words.over} {over}</p>}
      <LessonPanel />
      {here.mistake !== null && <><h2>{words.mistake}</h2><p className="danger" data-testid="session-mistake">{here.mistake}</p></>}
      {over === null && <Branches />}
      {around && !recorded && <Coming pending={around.pending} total={around.total} />}
      {over === null && !recorded && <Stops opened={opened} />}
      {around?.moment && <><h2>{words.variables}</h2><Variables moment={around.moment} /></>}
      <OnStage />
      {around && <Conditions conditions={around.conditions} />}
      {over === null && !recorded && <LookForOrder />}
      {over === null && !recorded && <Faults opened={opened} />}
    </>
  );
}
