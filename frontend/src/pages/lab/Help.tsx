/** The help: every key, and the terms of the textbook. */
import { Modal } from "@mantine/core";
import { useGlossary, useTranslation } from "../../i18n/use-translation";
import { useView } from "../../state/view";

const KEY_NAMES = {
  e: "E", f: "F", g: "G", r: "R", space: "Space", arrows: ", .", m: "M", zero: "0", p: "P", slash: "/",
  escape: "Esc", menu: "Shift F10", help: "?",
} as const;

export function Help() {
  const words = useTranslation();
  const glossary = useGlossary();
  const open = useView((view) => view.help);
  return (
    <Modal opened={open} onClose={() => { useView.setState({ help: false }); }} title={words.helpTitle} size="lg" closeButtonProps={{ "aria-label": words.close }}>
      <dl className="keys" data-testid="help">
        {(Object.keys(KEY_NAMES) as (keyof typeof KEY_NAMES)[]).map((key) => (
          <div key={key}>
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
    </Modal>
  );
}
