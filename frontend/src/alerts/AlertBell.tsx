/** The bell in the bar: how many alerts fire, and in its list what each says, with a button that silences it. */
import { ActionIcon, Popover } from "@mantine/core";
import { useState } from "react";
import type { Alert } from "../api/types";
import { clockTime } from "../i18n/format";
import { useWords } from "../i18n/words";
import { useConnected, useLab } from "../state/lab-store";
import { perform } from "../state/notices";
import { FocusableButton } from "../theme/FocusableButton";
import { Icon } from "../theme/Icon";
import { alertText, silence, SILENCE_S } from "./alerts";
import { words as alertWords } from "./words";
import { EndedAlerts } from "./EndedAlerts";
import { told } from "./worst";
import "./alerts.css";

const NONE: readonly Alert[] = [];

function Row({ alert }: { alert: Alert }) {
  const words = useWords(alertWords);
  const connected = useConnected();
  const [busy, setBusy] = useState(false);
  const silenced = alert.silenced_until !== null;
  const act = async () => {
    setBusy(true);
    await perform(() => silence(alert.id, silenced ? null : SILENCE_S), null, words.failed);
    setBusy(false);
  };
  return (
    <li data-state={alert.state} data-severity={alert.severity} data-testid={`alert-${alert.rule}`}>
      <b>{words.severity[alert.severity]}, {words.state[alert.state]}</b>
      <span>{alertText(alert)}</span>
      <small>
        {words.since(clockTime(alert.since))}
        {alert.silenced_until !== null && `, ${words.silencedUntil(clockTime(alert.silenced_until))}`}
      </small>
      <FocusableButton size="compact-xs" variant="default" disabled={busy || !connected} onClick={() => { void act(); }}>
        {silenced ? words.endSilence : words.silence}
      </FocusableButton>
    </li>
  );
}

export function AlertBell() {
  const words = useWords(alertWords);
  const alerts = useLab((state) => state.lab?.alerts ?? NONE);
  const firing = told(alerts).length;
  return (
    <Popover position="bottom-end" width={340} trapFocus returnFocus withinPortal>
      <Popover.Target>
        <ActionIcon variant="subtle" className="bell" aria-label={words.bell(firing)} title={words.bell(firing)} data-testid="alert-bell">
          <Icon name="bell" />
          {firing > 0 && <span className="bell-count" aria-hidden="true">{firing}</span>}
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label={words.title}>
        <div className="alert-lists">
          {alerts.length === 0
            ? <p className="alert-none">{words.none}</p>
            : <ul className="alert-list" data-testid="alert-list">{alerts.map((alert) => <Row key={alert.id} alert={alert} />)}</ul>}
          <EndedAlerts changed={alerts.map(({ id }) => id).join(" ")} />
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
