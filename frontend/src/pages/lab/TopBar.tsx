/** The slim bar at the top: the name of the topology, nodes up, connection, theme, language, help. */
import { ActionIcon, NativeSelect, useMantineColorScheme, type MantineColorScheme } from "@mantine/core";
import { Icon } from "../../theme/Icon";
import { LinkDelayInBar } from "./actions/LinkDelay";
import { LANGUAGE_NAMES, LANGUAGES, type Language } from "../../state/language";
import { useTranslation } from "../../i18n/use-translation";
import { useLab } from "../../state/lab-store";
import { useEvery, useMedia } from "../../state/hooks";
import { useView } from "../../state/view";

const COUNT_INTERVAL_MS = 250;

export function TopBar() {
  const words = useTranslation();
  const title = useLab((state) => state.lab?.settings.title ?? null);
  const connection = useLab((state) => state.connection);
  const lab = useEvery(COUNT_INTERVAL_MS, useLab, (state) => state.lab);
  const language = useView((view) => view.language);
  const narrow = useMedia("(max-width: 760px)");
  const roomy = useMedia("(min-width: 1000px)");
  const stage = useView((view) => view.stage);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  // Nobody supervises a foreign node, so it does not count, neither as up nor as down.
  const supervised = lab?.nodes.state.filter((state) => state !== "foreign") ?? [];
  const up = supervised.filter((state) => state === "up").length;
  const connectionText = { open: words.connected, connecting: words.connecting, lost: words.disconnected }[connection];
  return (
    <header className="top-bar">
      <h1>Topowave</h1>
      <span className="topology-name" title={title ?? ""}>{title}</span>
      {lab && <span className="nodes-up" data-testid="nodes-up" title={words.nodesUp(up, supervised.length)}>{narrow ? `${up} / ${supervised.length}` : words.nodesUp(up, supervised.length)}</span>}
      <span className="connection" data-link={connection} data-testid="connection">{connectionText}</span>
      <span className="spring" />
      {stage && roomy && <LinkDelayInBar />}
      <ActionIcon
        variant="subtle"
        aria-label={stage ? words.stageEnd : words.stage}
        title={stage ? words.stageEnd : words.stage}
        aria-pressed={stage}
        onClick={() => { useView.setState({ stage: !stage }); }}
        data-testid="stage-only"
      >
        <Icon name="stage" />
      </ActionIcon>
      <NativeSelect
        size="xs"
        aria-label={words.theme}
        value={colorScheme}
        data={[
          { value: "auto", label: words.themeAuto },
          { value: "light", label: words.themeLight },
          { value: "dark", label: words.themeDark },
        ]}
        onChange={(event) => { setColorScheme(event.currentTarget.value as MantineColorScheme); }}
        data-testid="theme"
      />
      <NativeSelect
        size="xs"
        aria-label={words.languageLabel}
        value={language}
        data={LANGUAGES.map((value) => ({ value, label: value.toUpperCase(), title: LANGUAGE_NAMES[value], lang: value }))}
        onChange={(event) => { useView.setState({ language: event.currentTarget.value as Language }); }}
        data-testid="language"
      />
      <ActionIcon variant="subtle" aria-label={words.help} title={words.help} onClick={() => { useView.setState({ help: true }); }}>?</ActionIcon>
    </header>
  );
}
