/** Where to begin: a file of any format, a shape, or the network of the lab. */
import { Button, Checkbox, FileButton, TextInput } from "@mantine/core";
import { useRef, useState, type SubmitEvent } from "react";
import { useWords } from "../../i18n/words";
import { useCatalog } from "../../state/catalog";
import { useConnected } from "../../state/lab-store";
import type { Outcome } from "./sources";
import { workshopWords } from "./words";

const FIRST_SHAPE = "binary:15:1";
const ENDINGS = ".json,.graphml,.xml,.gml,.edgelist,.edges,.txt,.dot,.gv";
/** Problems and notes that are listed; the rest is counted. */
const LISTED = 12;

/** What came of the last network that was asked for. */
function Told({ outcome }: { outcome: Outcome }) {
  const words = useWords(workshopWords);
  const { problems, notes } = outcome;
  const told = problems.length > 0 ? problems : notes;
  if (told.length === 0) return null;
  const refused = problems.length > 0;
  return (
    <div role={refused ? "alert" : "status"} className={refused ? "danger" : "hint"} data-testid={refused ? "workshop-refused" : "workshop-notes"}>
      <p>{refused ? words.refused : words.notes}:</p>
      <ul>
        {told.slice(0, LISTED).map((each) => <li key={each}>{each}</li>)}
        {told.length > LISTED && <li>{words.andMore(told.length - LISTED)}</li>}
      </ul>
    </div>
  );
}

interface Props {
  outcome: Outcome;
  busy: boolean;
  largest: boolean;
  setLargest: (largest: boolean) => void;
  takeFile: (file: File) => void;
  takeShape: (shape: string) => void;
  takeLab: () => void;
}

export function Sources({ outcome, busy, largest, setLargest, takeFile, takeShape, takeLab }: Props) {
  const words = useWords(workshopWords);
  const connected = useConnected();
  const shapes = useCatalog((catalog) => catalog.shapes);
  const [shape, setShape] = useState(FIRST_SHAPE);
  const forget = useRef<() => void>(null);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    takeShape(shape);
  };
  const chosen = (file: File | null) => {
    if (file) takeFile(file);
    // The same file, mended, is another choice.
    forget.current?.();
  };
  return (
    <section className="workshop-sources">
      <h2>{words.from}</h2>
      <div className="workshop-acts">
        <FileButton resetRef={forget} accept={ENDINGS} onChange={chosen}>
          {(props) => <Button {...props} variant="default" disabled={busy} data-testid="workshop-open">{words.openFile}</Button>}
        </FileButton>
        {connected && <Button variant="default" disabled={busy} onClick={takeLab} data-testid="workshop-of-lab">{words.ofLab}</Button>}
      </div>
      <p className="hint">{words.formats}</p>
      <Checkbox size="xs" label={words.largest} checked={largest} onChange={(event) => { setLargest(event.currentTarget.checked); }} />
      <form className="workshop-pair" onSubmit={submit}>
        <TextInput
          label={words.shape} description={words.shapeHint} value={shape} list="workshop-shapes" required
          onChange={(event) => { setShape(event.currentTarget.value); }} data-testid="workshop-shape"
        />
        <datalist id="workshop-shapes">{shapes.map(({ name }) => <option key={name} value={`${name}:15`} />)}</datalist>
        <Button type="submit" variant="default" disabled={busy} data-testid="workshop-generate">{busy ? words.reading : words.generate}</Button>
      </form>
      <Told outcome={outcome} />
    </section>
  );
}

