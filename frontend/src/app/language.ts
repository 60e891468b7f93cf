/** The language stands in the address of every page, where it is not the reader's usual one. */
import { choicesIn } from "../state/address";
import { usual, useView } from "../state/view";

const EVENTS = ["pushState", "replaceState"] as const;

function write(): void {
  const { language } = useView.getState();
  const query = new URLSearchParams(location.search);
  const said = query.get("lang");
  const due = language === usual().language ? null : language;
  if (said === due) return;
  if (due === null) query.delete("lang");
  else query.set("lang", due);
  const search = query.toString();
  history.replaceState(history.state, "", `${location.pathname}${search && `?${search}`}${location.hash}`);
}

/** Keeps it there; returns how to end that. A step back to where none was said keeps the language of now. */
export function watchLanguage(): () => void {
  const back = () => {
    const { language } = choicesIn(location.search);
    if (language) useView.setState({ language });
    else write();
  };
  write();
  window.addEventListener("popstate", back);
  for (const event of EVENTS) window.addEventListener(event, write);
  const stop = useView.subscribe(write);
  return () => {
    window.removeEventListener("popstate", back);
    for (const event of EVENTS) window.removeEventListener(event, write);
    stop();
  };
}
