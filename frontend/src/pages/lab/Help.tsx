/** The help: every key, and the terms of the textbook. */
import { Modal, Switch } from "@mantine/core";
import { useGlossary, useTranslation } from "../../i18n/use-translation";
import { useView } from "../../state/view";

const KEY_NAMES = {
  e: "E", f: "F", g: "G", r: "R", space: "Space", arrows: ", .", m: "M", zero: "0", p: "P", b: "B", slash: "/",
  escape: "Esc", menu: "Shift F10", chartMove: "← →", chartZoom: "+ −", chartOpen: "Enter", help: "?",
} as const;
const OF_CHARTS = ["chartMove", "chartZoom", "chartOpen"] as const satisfies readonly (keyof typeof KEY_NAMES)[];
const NAMED = Object.keys(KEY_NAMES) as (keyof typeof KEY_NAMES)[];
/** What no choice switches off: keys that write nothing. */
const ALWAYS: ReadonlySet<keyof typeof KEY_NAMES> = new Set(["space", "escape", "menu", ...OF_CHARTS]);

/** `charts`: only the keys of charts, where there are no others. */
export function Help({ charts = false }: { charts?: boolean }) {
  const words = useTranslation();
  const glossary = useGlossary();
  const open = useView((view) => view.help);
  const shortcuts = useView((view) => view.shortcuts);
  return (
    <Modal.Root opened={open} onClose={() => { useView.setState({ help: false }); }} size="lg">
      <Modal.Overlay />
      <Modal.Content>
        <Modal.Body>
          {/* Mantine's own header would be a second banner of the page. */}
          <div className="help-head">
            <Modal.Title>{words.helpTitle}</Modal.Title>
            <Modal.CloseButton aria-label={words.close} />
          </div>
          {!charts && (
            <Switch
              size="xs"
              label={words.keysSwitch}
              description={words.keysSwitchHint}
              checked={shortcuts}
              onChange={(event) => { useView.setState({ shortcuts: event.currentTarget.checked }); }}
              data-testid="shortcuts"
            />
          )}
          <dl className="keys" data-testid="help">
            {(charts ? [...OF_CHARTS, "help" as const] : NAMED).map((key) => (
              <div key={key} data-off={!shortcuts && !ALWAYS.has(key)}>
                <dt><kbd>{KEY_NAMES[key]}</kbd></dt>
                <dd>{words.shortcuts[key]}</dd>
              </div>
            ))}
          </dl>
          <h2>{words.glossaryTitle}</h2>
          <dl className="glossary">
            {Object.entries(glossary).map(([id, { term, meaning }]) => (
              <div key={id}>
                <dt>{term}</dt>
                <dd>{meaning}</dd>
              </div>
            ))}
          </dl>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
