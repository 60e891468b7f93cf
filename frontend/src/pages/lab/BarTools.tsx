/** What the lab adds to the bar at the top: the network alone, its delay then, and the help. */
import { ActionIcon } from "@mantine/core";
import { createPortal } from "react-dom";
import { useTranslation } from "../../i18n/use-translation";
import { useBar } from "../../state/bar";
import { useMedia } from "../../state/hooks";
import { useView } from "../../state/view";
import { Icon } from "../../theme/Icon";
import { LinkDelayInBar } from "./actions/LinkDelay";

export function BarTools() {
  const words = useTranslation();
  const place = useBar((bar) => bar.tools);
  const roomy = useMedia("(min-width: 1000px)");
  const stage = useView((view) => view.stage);
  return place && createPortal(
    <>
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
      <ActionIcon variant="subtle" aria-label={words.help} title={words.help} onClick={() => { useView.setState({ help: true }); }} data-testid="open-help">?</ActionIcon>
    </>,
    place,
  );
}
