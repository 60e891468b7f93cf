/** Begins a run of one's own: a network, an algorithm of the library or a class of one's own, delays. */
import { Button, Checkbox, FileButton, NumberInput, TextInput } from "@mantine/core";
import { useState, type SubmitEvent } from "react";
import { useWords } from "../../i18n/words";
import { SessionRefusal } from "../../session/socket";
import { useCatalog } from "../../state/catalog";
import { useLab } from "../../state/lab-store";
import { lookForOrder } from "./lessons/lesson";
import { lessonWords } from "./lessons/lesson-words";
import { BadField, furtherFields, NOTHING_FURTHER, type Further } from "./form/further";
import { furtherWords } from "./form/further-words";
import { FurtherForm } from "./form/FurtherForm";
import { begin } from "./session";
import { sessionWords } from "./session-words";

const GIVEN = { network: "grid:9", algorithm: "echo", delay: "uniform:1,5", seed: 1 } as const;

export function NewSession() {
  const words = useWords(sessionWords);
  const lesson = useWords(lessonWords);
  const formWords = useWords(furtherWords);
  const algorithms = useCatalog((catalog) => catalog.algorithms);
  const withoutLab = useLab(({ connection }) => connection === "none");
  const [network, setNetwork] = useState<string>(GIVEN.network);
  const [algorithm, setAlgorithm] = useState<string>(GIVEN.algorithm);
  const [delay, setDelay] = useState<string>(GIVEN.delay);
  const [seed, setSeed] = useState<number>(GIVEN.seed);
  const [fifo, setFifo] = useState(false);
  const [own, setOwn] = useState<File | null>(null);
  const [busy, setBusy] = useState(false);
  const [problems, setProblems] = useState<readonly string[]>([]);

  const [more, setMore] = useState<Further>(NOTHING_FURTHER);
  const start = async () => {
    const file = own === null ? {} : { file: { name: own.name, text: await own.text() } };
    await begin({ network, algorithm: own === null ? algorithm : "", delay, seed, fifo, ...file, ...(await furtherFields(more, formWords)) });
  };
  const attempt = (act: () => Promise<void>) => {
    setBusy(true);
    setProblems([]);
    act().catch((error: unknown) => { setProblems(error instanceof SessionRefusal ? error.problems : error instanceof BadField ? [error.message] : [words.noConnection]); }).finally(() => { setBusy(false); });
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    attempt(start);
  };
  return (
    <form className="session-new" onSubmit={submit} data-testid="session-new">
      <h2>{words.title}</h2>
      <p>{words.lead}</p>
      <div className="session-fields">
        <TextInput label={words.network} description={words.networkHint} value={network} onChange={(event) => { setNetwork(event.currentTarget.value); }} required={more.network === null} disabled={more.network !== null} />
        {own === null && (
          <>
            <TextInput label={words.algorithm} description={words.algorithmHint} value={algorithm} onChange={(event) => { setAlgorithm(event.currentTarget.value); }} required list="session-algorithms" />
            <datalist id="session-algorithms">{algorithms.map(({ name }) => <option key={name} value={name} />)}</datalist>
          </>
        )}
        <TextInput label={words.delay} description={words.delayHint} value={delay} onChange={(event) => { setDelay(event.currentTarget.value); }} required />
        <NumberInput label={words.seed} value={seed} min={0} allowDecimal={false} onChange={(value) => { setSeed(Number(value)); }} />
      </div>
      <Checkbox label={words.fifo} checked={fifo} onChange={(event) => { setFifo(event.currentTarget.checked); }} />
      <FurtherForm further={more} change={setMore} />
      <div className="session-begin">
        <Button type="submit" disabled={busy} data-testid="session-begin">{busy ? words.beginning : words.begin}</Button>
        <Button variant="default" disabled={busy} onClick={() => { attempt(async () => { await start(); await lookForOrder(); }); }} data-testid="session-look">{lesson.look}</Button>
        {withoutLab && <FileButton accept=".py" onChange={setOwn}>{(props) => <Button {...props} variant="default">{own?.name ?? words.ownClass}</Button>}</FileButton>}
        {own !== null && <Button variant="subtle" onClick={() => { setOwn(null); }}>{words.withoutClass}</Button>}
      </div>
      {!withoutLab && <p className="hint">{words.ownElsewhere} <code>topowave lab</code></p>}
      {problems.length > 0 && (
        <div role="alert" className="danger" data-testid="session-refused">
          <p>{words.notBegun}:</p>
          <ul>{problems.map((each) => <li key={each}>{each}</li>)}</ul>
        </div>
      )}
    </form>
  );
}
