/** The menu with which a run is taken along: a file of each format. */
import { Button, Menu } from "@mantine/core";
import { useState } from "react";
import { useWords } from "../../../i18n/words";
import { SessionRefusal } from "../../../session/socket";
import type { Opened } from "../store";
import { FORMATS, type FormatName } from "./formats";
import { fileName, save } from "./save";
import { exportWords } from "./words";

type Told = { about: "making" } | { about: "saved"; file: string } | { about: "failed"; why: string } | null;

const NAMES = Object.keys(FORMATS) as FormatName[];

/** @param served whether there is a server, so that all formats can be had. */
export function SaveMenu({ opened, served }: { opened: Opened; served: boolean }) {
  const words = useWords(exportWords);
  const [told, setTold] = useState<Told>(null);
  const take = async (name: FormatName) => {
    const { ending, make } = FORMATS[name];
    setTold({ about: "making" });
    try {
      const file = fileName(opened.source, ending);
      save(file, await make(opened));
      setTold({ about: "saved", file });
    } catch (error) {
      setTold({ about: "failed", why: error instanceof SessionRefusal ? error.message : "" });
    }
  };
  return (
    <>
      <Menu position="bottom-end" width="max-content" withinPortal={false}>
        <Menu.Target>
          <Button variant="default" disabled={told?.about === "making"} data-testid="run-save">{words.save}</Button>
        </Menu.Target>
        <Menu.Dropdown>
          {NAMES.filter((name) => served || !FORMATS[name].served).map((name) => (
            <Menu.Item key={name} onClick={() => void take(name)} data-testid={`save-${name}`}>{words.formats[name]}</Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {told?.about === "failed"
        ? <span role="alert" className="danger" data-testid="save-told">{words.failed}{told.why === "" ? "." : `: ${told.why}`}</span>
        : <span role="status" className="hint" data-testid="save-told">{told?.about === "saved" ? words.saved(told.file) : told ? words.making : ""}</span>}
    </>
  );
}
