/** What becomes of a drawn network: a file, a run in virtual time, or the network of the lab. */
import { Button, Modal, NativeSelect, TextInput } from "@mantine/core";
import { useState, type SubmitEvent } from "react";
import { useLocation } from "wouter";
import { request } from "../../api/rest";
import { useWords } from "../../i18n/words";
import { SessionRefusal } from "../../session/socket";
import { useCatalog } from "../../state/catalog";
import { useConnected, useLab } from "../../state/lab-store";
import { perform } from "../../state/notices";
import { FocusableButton } from "../../theme/FocusableButton";
import { FORMATS, type Format } from "./limits";
import type { Drawn } from "./network";
import { networkText } from "./read-network";
import { topologyText } from "./topology-file";
import { workshopWords } from "./words";

const FILE = "topology";
/** Other runs of the network are begun on the page of runs, where all conditions can be set. */
const RUN = { algorithm: "echo", delay: "uniform:1,5", seed: 1, fifo: false } as const;

function give(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

const isFormat = (name: string): name is Format => Object.hasOwn(FORMATS, name);

/** Why something was not done, in sentences. */
function Problems({ title, problems }: { title: string; problems: readonly string[] }) {
  if (problems.length === 0) return null;
  return (
    <div role="alert" className="danger" data-testid="workshop-not-done">
      <p>{title}:</p>
      <ul>{problems.map((each) => <li key={each}>{each}</li>)}</ul>
    </div>
  );
}

function useProblems() {
  const { noConnection } = useWords(workshopWords);
  const [problems, setProblems] = useState<readonly string[]>([]);
  const [busy, setBusy] = useState(false);
  const run = (act: () => Promise<void>) => {
    setBusy(true);
    setProblems([]);
    act()
      .catch((error: unknown) => { setProblems(error instanceof SessionRefusal ? error.problems : [noConnection]); })
      .finally(() => { setBusy(false); });
  };
  return { problems, busy, run };
}

function Save({ drawn, ready }: { drawn: Drawn; ready: boolean }) {
  const words = useWords(workshopWords);
  const [format, setFormat] = useState<Format>("topology");
  const { problems, busy, run } = useProblems();
  const save = async () => {
    const own = topologyText(drawn);
    const text = format === "topology" ? own : (await networkText({ name: `${FILE}.json`, text: own }, { format })).text;
    give(FILE + FORMATS[format], text);
  };
  return (
    <>
      <div className="workshop-pair">
        <NativeSelect
          label={words.format} value={format} data={Object.entries(FORMATS).map(([value, ending]) => ({ value, label: `${value} (${ending})` }))}
          onChange={(event) => { if (isFormat(event.currentTarget.value)) setFormat(event.currentTarget.value); }} data-testid="workshop-format"
        />
        <FocusableButton variant="default" disabled={!ready || busy} onClick={() => { run(save); }} data-testid="workshop-save">{words.download}</FocusableButton>
      </div>
      <Problems title={words.failed} problems={problems} />
    </>
  );
}

function Simulate({ drawn, ready }: { drawn: Drawn; ready: boolean }) {
  const words = useWords(workshopWords);
  const [, navigate] = useLocation();
  const algorithms = useCatalog((catalog) => catalog.algorithms);
  const [algorithm, setAlgorithm] = useState<string>(RUN.algorithm);
  const { problems, busy, run } = useProblems();
  const begin = async () => {
    const session = await import("../laboratory/session");
    await session.begin({ ...RUN, algorithm, network: { name: `${FILE}.json`, text: topologyText(drawn) } });
    navigate("/lab");
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (ready && !busy) run(begin);
  };
  return (
    <form onSubmit={submit}>
      <div className="workshop-pair">
        <TextInput label={words.algorithm} value={algorithm} list="workshop-algorithms" required onChange={(event) => { setAlgorithm(event.currentTarget.value); }} data-testid="workshop-algorithm" />
        <datalist id="workshop-algorithms">{algorithms.map(({ name }) => <option key={name} value={name} />)}</datalist>
        <FocusableButton type="submit" disabled={!ready || busy} data-testid="workshop-simulate">{busy ? words.beginning : words.begin}</FocusableButton>
      </div>
      <Problems title={words.notBegun} problems={problems} />
    </form>
  );
}

function Live({ drawn, ready }: { drawn: Drawn; ready: boolean }) {
  const words = useWords(workshopWords);
  const [, navigate] = useLocation();
  const connected = useConnected();
  const withoutLab = useLab(({ connection }) => connection === "none");
  const [asked, setAsked] = useState(false);
  if (withoutLab) {
    return <p className="hint">{words.withoutLab} <code>topowave up --topology {FILE}.json</code></p>;
  }
  const close = () => { setAsked(false); };
  const start = async () => {
    close();
    const order = `{"topology": ${topologyText(drawn)}}`;
    if (await perform(() => request("POST", "/topology", order), words.replaced, words.failed)) navigate("/");
  };
  return (
    <>
      <FocusableButton variant="default" disabled={!ready || !connected} onClick={() => { setAsked(true); }} data-testid="workshop-live">{words.startLive}</FocusableButton>
      <Modal.Root opened={asked} onClose={close} size="md">
        <Modal.Overlay />
        <Modal.Content>
          <Modal.Body data-testid="workshop-question">
            <Modal.Title>{words.question}</Modal.Title>
            <p>{words.whatHappens}</p>
            <div className="workshop-acts">
              <Button onClick={() => void start()} data-testid="workshop-yes">{words.yes}</Button>
              <Button variant="default" onClick={close} data-autofocus>{words.no}</Button>
            </div>
          </Modal.Body>
        </Modal.Content>
      </Modal.Root>
    </>
  );
}

export function Outcomes({ drawn, ready }: { drawn: Drawn; ready: boolean }) {
  const words = useWords(workshopWords);
  return (
    <section className="workshop-outcomes">
      <h2>{words.simulate}</h2>
      <Simulate drawn={drawn} ready={ready} />
      <h2>{words.live}</h2>
      <Live drawn={drawn} ready={ready} />
      <h2>{words.save}</h2>
      <Save drawn={drawn} ready={ready} />
    </section>
  );
}
