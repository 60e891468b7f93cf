/** What may be said further of a run of one's own; hidden until somebody wants it. */
import { Button, FileButton, NumberInput, TextInput } from "@mantine/core";
import { useWords } from "../../../i18n/words";
import type { Further } from "./further";
import { furtherWords } from "./further-words";

const SHARE_STEP = 0.05;

export function FurtherForm({ further, change }: { further: Further; change: (further: Further) => void }) {
  const words = useWords(furtherWords);
  const set = (part: Partial<Further>) => { change({ ...further, ...part }); };
  const files = [{ key: "network", label: words.networkFile }, { key: "faults", label: words.faults }] as const;
  const shares = [{ key: "loss", label: words.loss, hint: words.lossHint }, { key: "duplicate", label: words.duplicate, hint: words.duplicateHint }] as const;
  return (
    <details data-testid="session-further">
      <summary>{words.title}</summary>
      <div className="session-fields">
        <TextInput label={words.initiators} description={words.initiatorsHint} value={further.initiators} onChange={(event) => { set({ initiators: event.currentTarget.value }); }} />
        <TextInput label={words.inputs} description={words.inputsHint} value={further.inputs} onChange={(event) => { set({ inputs: event.currentTarget.value }); }} />
        {shares.map(({ key, label, hint }) => (
          <NumberInput key={key} label={label} description={hint} value={further[key]} min={0} max={1} step={SHARE_STEP} onChange={(value) => { set({ [key]: Number(value) }); }} />
        ))}
        <NumberInput label={words.maxEvents} description={words.maxEventsHint} value={further.maxEvents ?? ""} min={1} allowDecimal={false} onChange={(value) => { set({ maxEvents: value === "" ? null : Number(value) }); }} />
      </div>
      <div className="session-begin">
        {files.map(({ key, label }) => (
          <span key={key}>
            <FileButton onChange={(file) => { set({ [key]: file }); }}>{(props) => <Button {...props} size="compact-sm" variant="default" data-testid={`further-${key}`}>{further[key]?.name ?? label}</Button>}</FileButton>
            {further[key] && <Button size="compact-sm" variant="subtle" onClick={() => { set({ [key]: null }); }}>{words.withoutFile}</Button>}
          </span>
        ))}
      </div>
    </details>
  );
}
