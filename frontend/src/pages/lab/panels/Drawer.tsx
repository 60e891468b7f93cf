/** The drawer: what is selected, a node, a wave or a task, with all that is known of it. Lies over the panels until it is closed. */
import { useLayoutEffect, useRef } from "react";
import { isReferred } from "../../../state/address";
import { select, useView } from "../../../state/view";
import { useLab } from "../../../state/lab-store";
import { Icon } from "../../../theme/Icon";
import { say } from "../../../i18n/say";
import { useTranslation } from "../../../i18n/use-translation";
import { TaskDetail } from "../tasks/TaskDetail";
import { NodeDetail } from "./NodeDetail";
import { WaveDetail } from "./WaveDetail";

/** The name of what is selected, null where the drawer is closed: as for a node that the network has no more. */
export function useDrawerTitle(): string | null {
  const selection = useView((view) => view.selection);
  useTranslation();
  return useLab(({ lab }) => {
    if (!lab || !selection) return null;
    if (selection.type === "node") return lab.network.indexOf.has(selection.name) ? selection.name : null;
    if (selection.type === "task") return selection.id;
    return say(lab.waves.find((wave) => isReferred(selection, wave))?.title ?? selection.id);
  });
}

export function Drawer({ title }: { title: string }) {
  const words = useTranslation();
  const selection = useView((view) => view.selection);
  const drawer = useRef<HTMLElement>(null);
  // The keyboard goes on in the drawer, on no button: the page's keys, Space among them, stay the page's.
  useLayoutEffect(() => {
    if (document.activeElement !== document.body) drawer.current?.focus({ preventScroll: true });
  }, []);
  if (!selection) return null;
  return (
    <section ref={drawer} className="drawer" aria-label={`${words.details}: ${title}`} tabIndex={-1} data-overlay="" data-testid="drawer">
      <header>
        <h2 title={title}>{title}</h2>
        <button type="button" className="quiet" aria-label={words.close} onClick={() => { select(null); }}><Icon name="close" /></button>
      </header>
      <div className="scroll">
        {selection.type === "node" && <NodeDetail name={selection.name} />}
        {selection.type === "wave" && <WaveDetail id={selection.id} started={selection.started} />}
        {selection.type === "task" && <TaskDetail id={selection.id} />}
      </div>
    </section>
  );
}
