/** The whole of a file that shows a run by itself: the run as the laboratory shows it, and what belongs to the reader. */
import { NativeSelect, Switch, useMantineColorScheme } from "@mantine/core";
import { useEffect } from "react";
import { useWords } from "../i18n/words";
import { listen } from "../pages/laboratory/keys";
import { Run } from "../pages/laboratory/Run";
import { useLaboratory } from "../pages/laboratory/store";
import { isLanguage, LANGUAGES, LANGUAGE_NAMES } from "../state/language";
import { usePresentation } from "../state/present";
import { useView } from "../state/view";
import "./viewer.css";
import { viewerWords } from "./words";

type Theme = "auto" | "light" | "dark";
const THEMES: readonly Theme[] = ["auto", "light", "dark"];
const isTheme = (value: string): value is Theme => THEMES.some((theme) => theme === value);

function Tools() {
  const words = useWords(viewerWords);
  const language = useView((view) => view.language);
  const presenting = usePresentation((state) => state.presenting);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <>
      <Switch size="xs" label={words.larger} checked={presenting} onChange={(event) => { usePresentation.setState({ presenting: event.currentTarget.checked }); }} />
      <NativeSelect
        aria-label={words.theme}
        value={colorScheme}
        data={THEMES.map((value) => ({ value, label: `${words.theme}: ${words.themes[value]}` }))}
        onChange={({ currentTarget: { value } }) => { if (isTheme(value)) setColorScheme(value); }}
      />
      <NativeSelect
        aria-label={words.language}
        value={language}
        data={LANGUAGES.map((value) => ({ value, label: LANGUAGE_NAMES[value] }))}
        onChange={({ currentTarget: { value } }) => { if (isLanguage(value)) useView.setState({ language: value }); }}
        data-testid="viewer-language"
      />
    </>
  );
}

export function Viewer({ source }: { source: { name: string; text: string } | null }) {
  const words = useWords(viewerWords);
  const opened = useLaboratory((state) => state.opened);
  useEffect(listen, []);
  const about = opened ? `${opened.recording.title}: ${words.title}` : words.title;
  useEffect(() => { document.title = about; }, [about]);
  return (
    <div className="page viewer">
      <main className="laboratory" aria-label={words.title} tabIndex={-1}>
        <h1 className="viewer-title">{about}</h1>
        {opened ? <Run opened={opened} tools={<Tools />} /> : <p>{words.empty}</p>}
        {source && (
          <details className="viewer-source" data-testid="viewer-source">
            <summary>{words.source(source.name)}</summary>
            <pre tabIndex={0}><code>{source.text}</code></pre>
          </details>
        )}
      </main>
    </div>
  );
}
