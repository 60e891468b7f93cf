/** Which of three layouts the window has room for. Nothing is left out in any of them: what has no edge of its own is a tab. */
import { useMedia } from "../../state/hooks";

/** All columns; network and tabs side by side; network above tabs. */
export type Layout = "wide" | "side" | "stacked";

const WIDE = "(min-width: 1100px)";
const STACKED = "(max-width: 760px) and (min-height: 480px), (max-width: 559px)";
/** The timeline has an edge of its own from this height on. */
const TALL = "(min-height: 640px)";

export function useLayout(): { layout: Layout; timelineBelow: boolean } {
  const wide = useMedia(WIDE);
  const stacked = useMedia(STACKED);
  const tall = useMedia(TALL);
  const layout = wide ? "wide" : stacked ? "stacked" : "side";
  return { layout, timelineBelow: tall && layout !== "stacked" };
}
