/** What the page shows before a run is open: where runs come from, and the waves of the lab. */
import { FileButton, Button } from "@mantine/core";
import { useRef } from "react";
import { Link } from "wouter";
import { say } from "../../i18n/say";
import { useWords } from "../../i18n/words";
import { useEvery } from "../../state/hooks";
import { useLab } from "../../state/lab-store";
import { clockTime } from "../../i18n/format";
import { NewSession } from "./NewSession";
import { laboratoryWords } from "./words";

const LISTED = 12;
const LIST_INTERVAL_MS = 500;

export function OpenButton({ take, quiet = false }: { take: (file: File) => void; quiet?: boolean }) {
  const words = useWords(laboratoryWords);
  const forget = useRef<() => void>(null);
  const chosen = (file: File | null) => {
    if (file) take(file);
    // The same file, mended, is another choice.
    forget.current?.();
  };
  return (
    <FileButton resetRef={forget} accept=".jsonl,.json,.ndjson,.txt" onChange={chosen}>
      {(props) => <Button {...props} variant={quiet ? "default" : "filled"} data-testid="open-trace">{words.open}</Button>}
    </FileButton>
  );
}

export function Opening({ take }: { take: (file: File) => void }) {
  const words = useWords(laboratoryWords);
  const waves = useEvery(LIST_INTERVAL_MS, useLab, ({ lab }) => lab?.waves ?? null);
  const ended = (waves ?? []).filter(({ state }) => state !== "running").toReversed().slice(0, LISTED);
  return (
    <article className="run-opening" data-testid="run-opening">
      <h2>{words.title}</h2>
      <p>{words.lead}</p>
      <NewSession />
      <div className="run-drop">
        <p>{words.drop}</p>
        <OpenButton take={take} />
        <p className="hint">{words.how}</p>
        <pre tabIndex={0}><code>topowave simulate echo --topology grid:9 --trace run.jsonl</code></pre>
      </div>
      {waves && <h2>{words.ofLab}</h2>}
      {waves && ended.length === 0 && <p className="hint">{words.noWaves}</p>}
      <ul className="run-waves">
        {ended.map((wave) => (
          <li key={wave.id}>
            <Link href={`/lab?trace=${encodeURIComponent(wave.id)}`}>{say(wave.title)}</Link> <span className="hint">{wave.id}, {clockTime(wave.started)}</span>
          </li>
        ))}
      </ul>
    </article>
  );
}
