/** The code of a class, with the lines that ran in a step, and the pseudocode above it. */
import { useEffect, useRef } from "react";
import { useWords } from "../../../i18n/words";
import type { ClassCode, LinesRun } from "../../../session/forms";
import "./code.css";
import { codeWords } from "./code-words";

interface Listed {
  label: string;
  lines: readonly string[];
  /** The number of the first line. */
  first: number;
  ran: ReadonlySet<number>;
  /** The line that is to be seen; null leaves it as it is. */
  shown: number | null;
}

/** Where in the listing the line stands that is to be seen: a quarter of its height from above. */
const FROM_ABOVE = 0.25;

function Listing({ label, lines, first, ran, shown }: Listed) {
  const box = useRef<HTMLPreElement>(null);
  useEffect(() => {
    const line = shown === null ? null : box.current?.children.item(shown - first);
    if (box.current && line instanceof HTMLElement) box.current.scrollTop = line.offsetTop - box.current.clientHeight * FROM_ABOVE;
  }, [shown, first]);
  const width = String(first + lines.length).length;
  return (
    <pre ref={box} className="code-listing" tabIndex={0} role="region" aria-label={label}>
      {lines.map((line, at) => (
        <span key={at} className="code-line" data-ran={ran.has(first + at) || undefined}>
          <span className="code-number" aria-hidden="true">{String(first + at).padStart(width)}</span>
          {line === "" ? " " : line}{"\n"}
        </span>
      ))}
    </pre>
  );
}

const linesOf = (text: string): string[] => text.replace(/\n$/, "").split("\n");

export function CodePane({ code, run }: { code: ClassCode; run: LinesRun | null }) {
  const words = useWords(codeWords);
  const pseudo = code.pseudocode === null ? [] : linesOf(code.pseudocode);
  const blocks = (run?.blocks ?? []).map((line) => line + 1);
  return (
    <section className="code-pane" aria-label={words.code} data-testid="code-pane">
      <p className="hint code-handler" data-testid="code-handler">{run === null ? " " : run.handler === null ? words.noHandler : words.handler(run.handler)}</p>
      {pseudo.length > 0 && (
        <>
          <h2>{words.pseudocode}</h2>
          <Listing label={words.pseudocode} lines={pseudo} first={1} ran={new Set(blocks)} shown={blocks[0] ?? null} />
        </>
      )}
      {code.sources.map(({ name, file, first, text }, place) => (
        <div key={name} className="code-class">
          <h2>{words.source(name, file)}</h2>
          <Listing
            label={words.source(name, file)} lines={linesOf(text)} first={first}
            ran={new Set(run?.ran.filter(([of]) => of === place).map(([, line]) => line))}
            shown={run?.begins?.[0] === place ? run.begins[1] : null}
          />
        </div>
      ))}
    </section>
  );
}
