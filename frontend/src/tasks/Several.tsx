/** A choice of several: a button that says what is chosen, and behind it a list to tick; none means all. */
import { Popover, TextInput } from "@mantine/core";
import { memo, useId, useState } from "react";
import { count } from "../i18n/format";
import { useWords } from "../i18n/words";
import { words } from "./several-words";
import "./several.css";

/** From so many on a name can be searched for. */
const SEARCH_FROM = 10;
/** Rows of the list: past them a reader writes a part of the name. */
const MOST_ROWS = 100;

interface SeveralProps {
  label: string;
  chosen: readonly string[];
  /** What there is to choose, and how it is called; what is chosen may be none of it any more. */
  values: readonly (readonly [string, string])[];
  choose: (chosen: string[]) => void;
  id: string;
}

function Rows({ label, chosen, values, choose, id }: SeveralProps) {
  const said = useWords(words);
  const [text, setText] = useState("");
  const wanted = text.toLowerCase();
  const matching = values.filter(([, name]) => name.toLowerCase().includes(wanted));
  const shown = matching.slice(0, MOST_ROWS);
  return (
    <>
      {values.length >= SEARCH_FROM && <TextInput size="xs" type="search" aria-label={said.find} placeholder={said.find} value={text} onChange={(event) => { setText(event.currentTarget.value); }} data-testid={`${id}-find`} />}
      <div className="several-list scroll" role="group" aria-label={label} data-testid={`${id}-list`}>
        {shown.map(([value, name]) => (
          <label key={value} title={name}>
            <input
              type="checkbox"
              value={value}
              checked={chosen.includes(value)}
              onChange={(event) => { choose(event.currentTarget.checked ? [...chosen, value] : chosen.filter((one) => one !== value)); }}
            />
            <span>{name}</span>
          </label>
        ))}
        {shown.length === 0 && <p className="hint">{said.nothing}</p>}
      </div>
      {shown.length < matching.length && <p className="hint">{said.further(count(matching.length - shown.length))}</p>}
      <button type="button" className="quiet" aria-disabled={chosen.length === 0} onClick={() => { choose([]); }} data-testid={`${id}-all`}>{said.all}</button>
    </>
  );
}

/** There may be a thousand values: they are not made anew with each answer of the lab, and only while the list is open. */
export const Several = memo(function Several(props: SeveralProps) {
  const { label, chosen, values, id } = props;
  const said = useWords(words);
  const own = useId();
  const [first] = chosen;
  const nameOf = (value: string) => values.find(([one]) => one === value)?.[1] ?? value;
  const gone = chosen.filter((value) => !values.some(([one]) => one === value)).map((value) => [value, value] as const);
  const text = first === undefined ? said.every : chosen.length === 1 ? nameOf(first) : said.chosen(chosen.length);
  return (
    <div className="several">
      <span id={`${own}-label`} className="several-label">{label}</span>
      <Popover position="bottom-start" width={230} trapFocus returnFocus withinPortal>
        <Popover.Target>
          <button type="button" className="several-button" aria-labelledby={`${own}-label ${own}-text`} title={chosen.map(nameOf).join(", ")} data-chosen={chosen.join(",")} data-testid={id}>
            <span id={`${own}-text`}>{text}</span>
          </button>
        </Popover.Target>
        <Popover.Dropdown className="several-choices" aria-label={label}>
          <Rows {...props} values={gone.length > 0 ? [...gone, ...values] : values} />
        </Popover.Dropdown>
      </Popover>
    </div>
  );
});
