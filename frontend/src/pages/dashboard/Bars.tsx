/** Counts beside each other as bars; a press leads to the tasks behind one. */
import type { ReactNode } from "react";
import { Link } from "wouter";
import { count } from "../../i18n/format";

export interface Bar {
  id: string;
  name: string;
  value: number;
  /** What the bar is made of, from its beginning; all of it is of the accent where this is left out. */
  parts?: readonly { name: string; value: number; colour: string }[];
  text?: string;
  mark?: ReactNode;
  /** Where a press leads, and how that is said. */
  to?: string;
  label?: string;
}

interface BarsProps {
  id: string;
  title: string;
  bars: readonly Bar[];
  /** What is said where there are none. */
  empty: string;
}

export function Bars({ id, title, bars, empty }: BarsProps) {
  const most = Math.max(1, ...bars.map(({ value }) => value));
  return (
    <section className="bars" aria-labelledby={`bars-${id}`} data-testid={`bars-${id}`}>
      <h3 id={`bars-${id}`}>{title}</h3>
      {bars.length === 0 && <p className="hint">{empty}</p>}
      <ul>
        {bars.map(({ id: bar, name, value, parts, text, mark, to, label }) => {
          const inside = (
            <>
              <span className="bar-name" title={name}>{mark}{name}</span>
              <span className="bar-track" aria-hidden="true">
                <span style={{ width: `${(value / most) * 100}%` }}>
                  {(parts ?? [{ name, value, colour: "var(--tw-accent)" }]).map((part) => (
                    <span key={part.name} title={`${part.name}: ${parts ? count(part.value) : text ?? count(value)}`} style={{ flexGrow: part.value, background: part.colour }} />
                  ))}
                </span>
              </span>
              <span className="figure" data-testid={`bar-${id}-${bar}`}>{text ?? count(value)}</span>
            </>
          );
          return <li key={bar}>{to === undefined ? <div>{inside}</div> : <Link href={to} aria-label={label}>{inside}</Link>}</li>;
        })}
      </ul>
    </section>
  );
}
