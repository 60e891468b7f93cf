/** The second run beside the first, at the step that belongs to the cursor; before there is one, the choice of it. */
import { Button, FileButton, NativeSelect, TextInput } from "@mantine/core";
import { useState, type SubmitEvent } from "react";
import { count } from "../../../i18n/format";
import { useWords } from "../../../i18n/words";
import type { Fields } from "../../../session/forms";
import { useCatalog } from "../../../state/catalog";
import { readFile } from "../opening";
import { narrate } from "../narration";
import { useSession } from "../session";
import { Stage } from "../Stage";
import { useLaboratory, type Opened } from "../store";
import { laboratoryWords } from "../words";
import { lockstepWords } from "./lockstep-words";
import "./lockstep.css";
import { keepingPace, PACES, type Pace } from "./pace";
import { keepPace, runSecond, setSecond, showSecond, useSecond } from "./second";

/** What is ordered with an algorithm of the library in place of the one that it was ordered with. */
const of = (order: Fields, algorithm: string): Fields =>
  ({ ...Object.fromEntries(Object.entries(order).filter(([name]) => name !== "file" && name !== "order")), algorithm });

function Choice() {
  const words = useWords(lockstepWords);
  const said = useWords(laboratoryWords);
  const order = useSession((state) => state.order);
  const algorithms = useCatalog((catalog) => catalog.algorithms);
  const { busy, problems } = useSecond();
  const ownClass = order?.file !== undefined;
  const [algorithm, setAlgorithm] = useState(ownClass ? "" : "finn-full");
  const [delay, setDelay] = useState(typeof order?.delay === "string" ? order.delay : "constant:1");
  const [refused, setRefused] = useState<string | null>(null);
  const start = (event: SubmitEvent) => {
    event.preventDefault();
    void runSecond({ ...(ownClass && algorithm === "" ? order : of(order ?? {}, algorithm)), delay }, (title) => words.called(title, delay));
  };
  const take = (file: File | null) => {
    if (file) void readFile(file, said).then((read) => {
      setRefused(typeof read === "string" ? read : null);
      const [wave] = typeof read === "string" ? [] : read;
      if (wave) showSecond(wave.recording);
    });
  };
  return (
    <>
      {order && (
        <form className="lockstep-choice" onSubmit={start}>
          <p className="hint">{words.lead}</p>
          <TextInput label={words.algorithm} description={ownClass ? words.sameClass : undefined} value={algorithm} onChange={(event) => { setAlgorithm(event.currentTarget.value); }} required={!ownClass} list="lockstep-algorithms" />
          <datalist id="lockstep-algorithms">{algorithms.map(({ name }) => <option key={name} value={name} />)}</datalist>
          <TextInput label={words.delay} value={delay} onChange={(event) => { setDelay(event.currentTarget.value); }} required />
          <Button type="submit" disabled={busy} data-testid="lockstep-run">{busy ? words.running : words.run}</Button>
        </form>
      )}
      <FileButton accept=".jsonl,.json,.ndjson,.txt" onChange={take}>{(props) => <Button {...props} variant="default" data-testid="lockstep-file">{words.file}</Button>}</FileButton>
      {(problems.length > 0 || refused !== null) && (
        <div role="alert" className="danger" data-testid="lockstep-refused">{[...problems, ...(refused === null ? [] : [refused])].map((each) => <p key={each}>{each || words.noAnswer}</p>)}</div>
      )}
    </>
  );
}

export function SecondRun({ opened }: { opened: Opened }) {
  const words = useWords(lockstepWords);
  const said = useWords(laboratoryWords);
  const { shown, pace } = useSecond();
  const position = useLaboratory((state) => state.position);
  if (!shown) return <section className="lockstep" aria-label={words.beside} data-testid="lockstep"><h2>{words.beside}</h2><Choice /></section>;
  const { run, meters } = shown.index;
  const at = keepingPace(opened.index.run, run, position, pace);
  const meter = meters[at];
  return (
    <section className="lockstep" aria-label={words.beside} data-testid="lockstep">
      <h2 data-testid="lockstep-title">{shown.title}</h2>
      <div className="lockstep-tools">
        <NativeSelect
          size="xs" aria-label={words.pace} value={pace} data={PACES.map((each) => ({ value: each, label: words.paces[each] }))}
          onChange={(event) => { keepPace(event.currentTarget.value as Pace); }} data-testid="lockstep-pace"
        />
        <Button size="compact-sm" variant="default" onClick={() => { setSecond(true); }}>{words.other}</Button>
      </div>
      <Stage opened={{ ...opened, index: shown.index, recording: run.recording }} position={at} />
      <p className="hint" data-testid="lockstep-step">{said.stepOf(at + 1, run.steps.length)}</p>
      <p className="lockstep-said">{narrate(run, at, said)}.</p>
      {meter && (
        <p className="run-meter">
          {said.messagesSent}: <b data-testid="lockstep-messages">{count(meter.messages)}</b> · {said.decisions}: <b>{count(meter.decisions)}</b> · {said.depth}: <b>{count(meter.depth)}</b>
        </p>
      )}
    </section>
  );
}
