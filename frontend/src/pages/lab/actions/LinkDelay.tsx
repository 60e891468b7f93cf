/** How long a message takes on every link: long enough, and somebody can kill a node in the middle of a real wave. */
import { SegmentedControl } from "@mantine/core";
import { delay } from "../../../i18n/format";
import { useTranslation } from "../../../i18n/use-translation";
import { useLab } from "../../../state/lab-store";
import { delayLinks } from "./commands";
import { choicesWith } from "./link-delays";

/** Shows what the lab says, whoever has set it; `fullWidth` in a column, else as wide as its words. */
export function LinkDelay({ fullWidth = false }: { fullWidth?: boolean }) {
  const words = useTranslation();
  const open = useLab((state) => state.connection === "open");
  const now = useLab((state) => state.lab?.settings.link_delay ?? null);
  if (now === null) return null;
  return (
    <SegmentedControl
      size="xs"
      fullWidth={fullWidth}
      aria-label={words.linkDelay}
      value={String(now)}
      disabled={!open}
      data={choicesWith(now).map((ms) => ({ value: String(ms), label: ms === 0 ? words.noDelay : delay(ms) }))}
      onChange={(value) => void delayLinks(Number(value))}
      data-testid={fullWidth ? "link-delay" : "link-delay-bar"}
    />
  );
}

export function LinkDelayAction() {
  const words = useTranslation();
  return (
    <div className="action">
      <p className="hint" aria-hidden="true">{words.linkDelay}</p>
      <LinkDelay fullWidth />
      <p className="hint">{words.linkDelayHint}</p>
    </div>
  );
}
