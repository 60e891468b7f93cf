/** What a message carries, beside the pointer. */
import { useWords } from "../../../i18n/words";
import type { Pointed } from "../../../spacetime/pointing";
import type { Run } from "../../../spacetime/steps";
import { shortValue } from "../narration";
import "./variables.css";
import { variablesWords } from "./variables-words";

const VALUE_CHARACTERS = 200;

export function Carried({ run, pointed }: { run: Run; pointed: Pointed }) {
  const words = useWords(variablesWords);
  const flight = run.flights[pointed.flight];
  if (!flight) return null;
  const { names } = run.recording.network;
  const what = shortValue(flight.line.message, VALUE_CHARACTERS) || flight.kind || words.nothing;
  const side = pointed.x > innerWidth / 2 ? { right: innerWidth - pointed.x + 10 } : { left: pointed.x + 10 };
  return <div className="carried" style={{ ...side, top: pointed.y + 10 }} data-testid="carried">{words.carries(names[flight.from] ?? "", names[flight.to] ?? "", what)}</div>;
}
