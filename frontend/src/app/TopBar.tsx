/** The slim bar at the top of every page: the pages, the lab, the connection, what the page adds, theme, language. */
import { NativeSelect } from "@mantine/core";
import { useRef } from "react";
import { AlertBell } from "../alerts/AlertBell";
import { networkTitle } from "../i18n/network-title";
import { useTranslation } from "../i18n/use-translation";
import { placeTools } from "../state/bar";
import { useEvery, useMedia } from "../state/hooks";
import { LANGUAGE_NAMES, LANGUAGES, type Language } from "../state/language";
import { useLab } from "../state/lab-store";
import { usePresentation } from "../state/present";
import { useView } from "../state/view";
import { NavigationMenu, NavigationRow } from "./Navigation";
import { PresentButton } from "./PresentButton";
import { ThemeSelect } from "./Theme";
import { useRoom } from "./use-room";

const COUNT_INTERVAL_MS = 250;

/** By itself, so that with what the lab says four times a second not the whole bar is made anew. */
function NodesUp({ short }: { short: boolean }) {
  const words = useTranslation();
  const states = useEvery(COUNT_INTERVAL_MS, useLab, ({ lab }) => lab?.nodes.state ?? null);
  if (!states) return null;
  // Nobody supervises a foreign node, so it does not count, neither as up nor as down.
  const supervised = states.filter((state) => state !== "foreign");
  const up = supervised.filter((state) => state === "up").length;
  const said = words.nodesUp(up, supervised.length);
  return <span className="nodes-up" data-testid="nodes-up" title={said}>{short ? `${up} / ${supervised.length}` : said}</span>;
}

export function TopBar() {
  const words = useTranslation();
  const title = useLab((state) => state.lab?.settings.title ?? null);
  const called = title === null ? "" : networkTitle(title, words);
  const connection = useLab((state) => state.connection);
  const language = useView((view) => view.language);
  const narrow = useMedia("(max-width: 900px)");
  const phone = useMedia("(max-width: 559px)");
  const wide = useMedia("(min-width: 1240px)");
  const stage = useView((view) => view.stage);
  const presenting = usePresentation((state) => state.presenting);
  const bar = useRef<HTMLElement>(null);
  const room = useRoom(bar, `${language} ${stage} ${presenting} ${called}`);
  const roomForNames = wide && room !== "none";
  const short = narrow || room !== "enough";
  const connectionText = { open: words.connected, connecting: words.connecting, lost: words.disconnected, none: "" }[connection];
  return (
    <header ref={bar} className="top-bar" data-room={room}>
      {!roomForNames && <NavigationMenu withTheme={phone} />}
      <h1>Topowave</h1>
      {roomForNames && <NavigationRow />}
      <span className="topology-name" title={called}>{called}</span>
      <NodesUp short={short} />
      {connection !== "none" && <span className="connection" data-link={connection} data-testid="connection">{connectionText}</span>}
      <span className="spring" />
      <span ref={placeTools} className="bar-tools" />
      {!phone && <PresentButton />}
      {connection !== "none" && <AlertBell />}
      {!phone && <ThemeSelect />}
      <NativeSelect
        size="xs"
        aria-label={words.languageLabel}
        value={language}
        data={LANGUAGES.map((value) => ({ value, label: value.toUpperCase(), title: LANGUAGE_NAMES[value], lang: value }))}
        onChange={(event) => { useView.setState({ language: event.currentTarget.value as Language }); }}
        data-testid="language"
      />
    </header>
  );
}
