/** The menu with which a run is taken along: a file of each format. */
import { Button, Menu } from "@mantine/core";
import { useState } from "react";
import { useWords } from "../../../i18n/words";
import { SessionRefusal } from "../../../session/socket";
import type { Opened } from "../store";
import { FORMATS, type Format, type FormatName } from "./formats";
import { NotMade } from "./refused";
import { fileName, save } from "./save";
import { exportWords } from "./words";

type Told =
  | { about: "making"; part: number | null; cancel: () => void }
  | { about: "saved"; file: string }
  | { about: "cancelled" }
  | { about: "failed"; why: unknown }
  | null;

const NAMES = Object.keys(FORMATS) as FormatName[];
const formatOf = (name: FormatName): Format => FORMATS[name];
const isCancelled = (why: unknown): boolean => why instanceof NotMade && why.why.about === "cancelled";

/** @param served whether there is a server, so that all formats can be had. */
export function SaveMenu({ opened, served }: { opened: Opened; served: boolean }) {
  const words = useWords(exportWords);
  const [told, setTold] = useState<Told>(null);
  const take = async (name: FormatName) => {
    const { ending, make, slow } = formatOf(name);
    const giveUp = new AbortController();
    const tell = (part: number | null) => { setTold({ about: "making", part, cancel: () => { giveUp.abort(); } }); };
    tell(slow === true ? 0 : null);
    try {
      const file = fileName(opened.source, ending);
      save(file, await make(opened, { progress: tell, signal: giveUp.signal }));
      setTold({ about: "saved", file });
    } catch (why) {
      setTold(isCancelled(why) ? { about: "cancelled" } : { about: "failed", why });
    }
  };
  const reason = (why: unknown): string => {
    if (why instanceof NotMade) return words.refused(why.why);
    return why instanceof SessionRefusal ? `${words.failed}: ${why.message}` : `${words.failed}.`;
  };
  const shown = NAMES.filter((name) => served || !formatOf(name).served);
  return (
    <>
      <Menu position="bottom-end" width="max-content" withinPortal={false} withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <Button variant="default" disabled={told?.about === "making"} data-testid="run-save">{words.save}</Button>
        </Menu.Target>
        <Menu.Dropdown>
          {shown.map((name) => (
            <Menu.Item key={name} onClick={() => void take(name)} data-testid={`save-${name}`}>{words.formats[name]}</Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {told?.about === "making" && told.part !== null && (
        <>
          <progress max={1} value={told.part} aria-label={words.making} />
          <Button variant="subtle" size="compact-sm" onClick={told.cancel} data-testid="save-cancel">{words.cancel}</Button>
        </>
      )}
      {told?.about === "failed"
        ? <span role="alert" className="danger" data-testid="save-told">{reason(told.why)}</span>
        : <span role="status" className="hint" data-testid="save-told">{told?.about === "saved" ? words.saved(told.file) : told?.about === "making" ? words.making : ""}</span>}
    </>
  );
}
