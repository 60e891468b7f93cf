/** `?` on the dashboard: the keys of its charts, and the terms; loaded when it is asked for. */
import { lazy, Suspense, useEffect } from "react";
import { useView } from "../../state/view";

const Help = lazy(() => import("../lab/Help").then((loaded) => ({ default: loaded.Help })));

const TYPES = "input:not([type='checkbox']), select, textarea, [role='dialog']";

export function ChartHelp() {
  const open = useView(({ help }) => help);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key !== "?" || event.ctrlKey || event.metaKey || event.altKey || !useView.getState().shortcuts) return;
      if (event.target instanceof Element && event.target.closest(TYPES)) return;
      event.preventDefault();
      useView.setState({ help: true });
    };
    window.addEventListener("keydown", press);
    return () => {
      window.removeEventListener("keydown", press);
      useView.setState({ help: false });
    };
  }, []);
  return open && <Suspense fallback={null}><Help charts /></Suspense>;
}
