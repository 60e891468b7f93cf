/** How much larger than usual the type is, for what is drawn anew when that changes. */
import { useSyncExternalStore } from "react";
import { textScale } from "./type-size";
import { usePresentation } from "./present";

function subscribe(changed: () => void): () => void {
  window.addEventListener("resize", changed);
  const stop = usePresentation.subscribe(changed);
  return () => {
    window.removeEventListener("resize", changed);
    stop();
  };
}

export const useTextScale = (): number => useSyncExternalStore(subscribe, textScale, () => 1);
