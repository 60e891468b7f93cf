/** Whether the load decides how many nodes there are, between which numbers, and why there are as many as there are. */
import { NativeSelect, TextInput } from "@mantine/core";
import { useState, type KeyboardEvent } from "react";
import type { LabSettings } from "../../../api/types";
import { Said, toldOf } from "../../../i18n/say";
import { useTranslation } from "../../../i18n/use-translation";
import { useEvery } from "../../../state/hooks";
import { useConnected, useLab } from "../../../state/lab-store";
import { numberIn } from "../../../tasks/written";
import { changeSetting } from "./commands";

const STATE_INTERVAL_MS = 500;
const FIELDS = ["min_replicas", "max_replicas", "target_load"] as const;
type Field = (typeof FIELDS)[number];
type Mode = LabSettings["autoscale"];

/** Sent by Enter or by leaving it, taken back by Esc; what the lab refuses stays, with the reason. */
function SettingField({ name, now }: { name: Field; now: number }) {
  const words = useTranslation();
  const open = useConnected();
  const [written, setWritten] = useState<string | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const write = (text: string | null) => {
    setWritten(text);
    setRefused(null);
  };
  const send = async () => {
    if (written === null || !open) return;
    const why = numberIn(written) === now ? null : await changeSetting({ [name]: numberIn(written) });
    if (why === null) write(null);
    else setRefused(why);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter") void send();
    if (event.key === "Escape") write(null);
  };
  return (
    <TextInput
      label={words.autoscaleFields[name]}
      value={written ?? String(now)}
      error={refused !== null && <span role="alert">{refused}</span>}
      inputMode="numeric"
      autoComplete="off"
      onChange={(event) => { write(event.currentTarget.value); }}
      onBlur={() => { if (refused === null) void send(); }}
      onKeyDown={onKey}
      data-testid={`setting-${name}`}
    />
  );
}

export function Autoscale() {
  const words = useTranslation();
  const open = useConnected();
  const settings = useLab(({ lab }) => lab?.settings ?? null);
  const now = useEvery(STATE_INTERVAL_MS, useLab, ({ lab }) => lab?.deploy.autoscaling ?? null);
  const [refused, setRefused] = useState<string | null>(null);
  if (!settings || !now) return null;
  const mode = settings.autoscale;
  return (
    <details className="autoscale" {...(mode !== "off" && { open: true })} data-testid="autoscale">
      <summary>{words.autoscale}: {words.autoscaleModes[mode]}</summary>
      <div className="more">
        <NativeSelect
          aria-label={words.autoscale}
          value={mode}
          data={Object.entries(words.autoscaleModes).map(([value, label]) => ({ value, label }))}
          error={refused !== null && <span role="alert">{refused}</span>}
          aria-disabled={!open}
          onChange={(event) => {
            const wish = event.currentTarget.value as Mode;
            if (open) void changeSetting({ autoscale: wish }).then(setRefused);
          }}
          data-testid="autoscale-mode"
        />
        <div className="pair even">
          {FIELDS.slice(0, 2).map((name) => <SettingField key={name} name={name} now={settings[name]} />)}
        </div>
        <SettingField name="target_load" now={settings.target_load} />
        {now.reason !== null && <p className="hint" data-testid="autoscale-now"><Said text={now.reason} told={toldOf(now.sentences, "reason")} /></p>}
      </div>
    </details>
  );
}
