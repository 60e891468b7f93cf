/** How long a message takes on every link: long enough, and somebody can kill a node in the middle of a real wave. */
import { SegmentedControl } from "@mantine/core";
import { useTranslation } from "../../../i18n/use-translation";
import { useConnected, useLab } from "../../../state/lab-store";
import { delayLinks } from "./commands";
import { choicesWith } from "./link-delays";

/** Shows what the lab says, whoever has set it; `fullWidth` in a column, else as wide as its numbers. */
function LinkDelay({ fullWidth, id }: { fullWidth: boolean; id: string }) {
  const words = useTranslation();
  const open = useConnected();
  const now = useLab((state) => state.lab?.settings.link_delay ?? 0);
  return (
    <SegmentedControl
      size="xs"
      fullWidth={fullWidth}
      aria-label={words.linkDelay}
      value={String(now)}
      // HTML's own `disabled` would take the focus from whoever is on it.
      readOnly={!open}
      aria-disabled={!open}
      data={choicesWith(now).map(String)}
      onChange={(value) => void delayLinks(Number(value))}
      data-testid={id}
    />
  );
}

export function LinkDelayAction() {
  const words = useTranslation();
  return (
    <div className="action">
      <p className="hint" aria-hidden="true">{words.linkDelay}</p>
      <LinkDelay fullWidth id="link-delay" />
      <p className="hint">{words.linkDelayHint}</p>
    </div>
  );
}

/** For the view that a projector shows, which has no panels. */
export function LinkDelayInBar() {
  const words = useTranslation();
  return (
    <div className="in-bar">
      <span aria-hidden="true">{words.linkDelay}</span>
      <LinkDelay fullWidth={false} id="link-delay-bar" />
    </div>
  );
}
