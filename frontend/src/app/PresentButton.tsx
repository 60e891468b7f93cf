/** Begins and ends the presentation; see state/present.ts. */
import { ActionIcon } from "@mantine/core";
import { defineWords, useWords } from "../i18n/words";
import { togglePresentation, usePresentation } from "../state/present";
import { Icon } from "../theme/Icon";

const presentWords = defineWords({
  en: { begin: "Present: full screen, larger type (B)", end: "End the presentation (B)" },
  de: { begin: "Vorführen: ganzer Bildschirm, größere Schrift (B)", end: "Vorführung beenden (B)" },
  ru: { begin: "Показ: полный экран, крупный шрифт (B)", end: "Закончить показ (B)" },
});

export function PresentButton() {
  const words = useWords(presentWords);
  const presenting = usePresentation((state) => state.presenting);
  const label = presenting ? words.end : words.begin;
  return (
    <ActionIcon variant="subtle" aria-label={label} title={label} aria-pressed={presenting} onClick={togglePresentation} data-testid="present">
      <Icon name="present" />
    </ActionIcon>
  );
}
