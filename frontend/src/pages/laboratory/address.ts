/** The step in the address, so that a link opens the very same moment of a wave. */
import { useLaboratory } from "./store";

/** The address follows when nobody has gone on for so long: browsers refuse too many changes. */
const SETTLED_MS = 300;

/** The step that an address names; 0 where it names none. */
export function placeIn(search: string): number {
  const at = Number(new URLSearchParams(search).get("at"));
  return Number.isInteger(at) && at > 0 ? at : 0;
}

/** Writes the step into the address of a wave until it is called off; a file of somebody's has no address. */
export function keepPlace(wave: string | null): () => void {
  if (wave === null) return () => undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const write = () => {
    const { opened, position } = useLaboratory.getState();
    const query = new URLSearchParams(location.search);
    if (opened?.source !== wave || query.get("trace") !== wave || placeIn(location.search) === position) return;
    query.set("at", String(position));
    history.replaceState(history.state, "", `${location.pathname}?${query}`);
  };
  const stop = useLaboratory.subscribe(() => {
    clearTimeout(timer);
    timer = setTimeout(write, SETTLED_MS);
  });
  return () => {
    stop();
    clearTimeout(timer);
  };
}
