/** Draws a network: by mouse, finger or keys, from a file, a shape or the lab; then it is saved, simulated or run for real. */
import { ActionIcon, Button, SegmentedControl } from "@mantine/core";
import { useEffect, useMemo, useRef, useState, type DragEvent } from "react";
import { useWords } from "../../i18n/words";
import { FocusableButton } from "../../theme/FocusableButton";
import { Icon } from "../../theme/Icon";
import { Drawing } from "./Drawing";
import { addBeside, listenForSteps } from "./drawing-keys";
import type { Drawn } from "./network";
import { NodeForm } from "./NodeForm";
import { NodesList } from "./NodesList";
import { Outcomes } from "./Outcomes";
import { problemsOf, type Problem } from "./problems";
import { Sources } from "./Sources";
import { generate, NOTHING, openFile, openLab, type Outcome } from "./sources";
import { arrange, chosenNode, clear, redo, removeChosen, setMode, showAll, undo, useWorkshop, zoom, type Mode } from "./store";
import { problemSaid, workshopWords } from "./words";
import "./workshop.css";

const MODES = ["move", "add", "link"] as const satisfies readonly Mode[];
/** Problems that are listed; the rest is counted. */
const LISTED = 5;

function Tools() {
  const words = useWords(workshopWords);
  const { history, mode, chosen } = useWorkshop();
  const none = history.now.nodes.length === 0;
  return (
    <header className="workshop-tools">
      <SegmentedControl<Mode>
        size="xs" aria-label={words.mode} value={mode} onChange={setMode} data-testid="workshop-mode"
        data={MODES.map((value) => ({ value, label: words.modes[value] }))}
      />
      <Button variant="default" onClick={addBeside} data-testid="workshop-add">{words.add}</Button>
      <FocusableButton variant="default" disabled={chosen === null} onClick={removeChosen} data-testid="workshop-delete">{words.remove}</FocusableButton>
      <FocusableButton variant="default" disabled={history.past.length === 0} onClick={undo} data-testid="workshop-undo">{words.undo}</FocusableButton>
      <FocusableButton variant="default" disabled={history.future.length === 0} onClick={redo} data-testid="workshop-redo">{words.redo}</FocusableButton>
      <FocusableButton variant="default" disabled={none} onClick={arrange} data-testid="workshop-arrange">{words.arrange}</FocusableButton>
      <ActionIcon.Group>
        <ActionIcon variant="default" aria-label={words.smaller} title={words.smaller} onClick={() => { zoom(-1); }}><Icon name="minus" /></ActionIcon>
        <ActionIcon variant="default" aria-label={words.larger} title={words.larger} onClick={() => { zoom(1); }}><Icon name="plus" /></ActionIcon>
        <ActionIcon variant="default" aria-label={words.whole} title={words.whole} onClick={showAll}><Icon name="fit" /></ActionIcon>
      </ActionIcon.Group>
      <FocusableButton variant="default" disabled={none} onClick={clear} data-testid="workshop-clear">{words.clear}</FocusableButton>
    </header>
  );
}

function State({ drawn, problems }: { drawn: Drawn; problems: readonly Problem[] }) {
  const words = useWords(workshopWords);
  return (
    <section className="workshop-state" data-testid="workshop-state">
      <h2>{words.size(drawn.nodes.length, drawn.links.length)}</h2>
      {problems.length === 0 && <p className="hint">{words.ready}</p>}
      {problems.length > 0 && (
        <>
          <p className="danger">{words.notReady}:</p>
          <ul>
            {problems.slice(0, LISTED).map((problem) => <li key={problem.kind + ("node" in problem ? String(problem.node.id) : "")}>{problemSaid(problem, words)}</li>)}
            {problems.length > LISTED && <li>{words.andMore(problems.length - LISTED)}</li>}
          </ul>
        </>
      )}
    </section>
  );
}

export default function WorkshopPage() {
  const words = useWords(workshopWords);
  const drawn = useWorkshop(({ history }) => history.now);
  const chosen = useWorkshop(chosenNode);
  const said = useWorkshop((state) => state.said);
  const [outcome, setOutcome] = useState<Outcome>(NOTHING);
  const [busy, setBusy] = useState(false);
  const [largest, setLargest] = useState(false);
  const empty = drawn.nodes.length === 0;
  const name = useRef<HTMLInputElement>(null);
  const page = useRef<HTMLElement>(null);
  const problems = useMemo(() => problemsOf(drawn), [drawn]);
  useEffect(listenForSteps, []);
  const take = (reading: Promise<Outcome>) => {
    setBusy(true);
    const took = (now: Outcome) => {
      setOutcome(now);
      // On a phone the drawing is above what was pressed.
      if (now.problems.length === 0) page.current?.scrollTo({ top: 0 });
    };
    void reading.then(took).finally(() => { setBusy(false); });
  };
  const takeFile = (file: File) => { take(openFile(file, largest, words)); };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    const [file] = event.dataTransfer.files;
    if (file && !busy) takeFile(file);
  };
  return (
    <main ref={page} className="workshop" aria-label={words.title} tabIndex={-1} onDragOver={(event) => { event.preventDefault(); }} onDrop={drop}>
      <Tools />
      <div className="workshop-body">
        <div className="workshop-sheet">
          <Drawing edit={() => { name.current?.focus(); name.current?.select(); }} />
          <p className="workshop-said" role="status" data-testid="workshop-said">{said}</p>
          <p className="hint workshop-keys" id="workshop-keys">{words.keys}</p>
        </div>
        <aside className="workshop-side scroll" aria-label={words.side}>
          {!empty && <State drawn={drawn} problems={problems} />}
          {!empty && <NodeForm drawn={drawn} id={chosen} name={name} />}
          {!empty && <Outcomes drawn={drawn} ready={problems.length === 0} />}
          <Sources
            outcome={outcome} busy={busy} largest={largest} setLargest={setLargest} takeFile={takeFile}
            takeShape={(shape) => { take(generate(shape, words)); }} takeLab={() => { take(openLab(words)); }}
          />
          <NodesList drawn={drawn} chosen={chosen} />
        </aside>
      </div>
    </main>
  );
}
