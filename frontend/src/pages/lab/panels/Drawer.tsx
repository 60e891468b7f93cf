/** The drawer at the right edge: opens for the selected node or wave, closes with Escape. */
import { select, useView } from "../../../state/view";
import { Icon } from "../../../theme/Icon";
import { useLab } from "../../../state/lab-store";
import { useTranslation } from "../../../i18n/use-translation";
import { NodeDetail } from "./NodeDetail";
import { WaveDetail } from "./WaveDetail";

export function Drawer() {
  const words = useTranslation();
  const selection = useView((view) => view.selection);
  const title = useLab((state) => {
    if (selection?.type === "node") return state.lab?.network.indexOf.has(selection.name) ? selection.name : null;
    return state.lab?.waves.find((wave) => wave.id === selection?.id)?.title ?? null;
  });
  if (!selection || title === null) return null;
  return (
    <section className="drawer" aria-label={`${words.details}: ${title}`} data-testid="drawer">
      <header>
        <h2>{title}</h2>
        <button type="button" className="quiet" aria-label={words.close} onClick={() => { select(null); }}><Icon name="close" /></button>
      </header>
      <div className="scroll">
        {selection.type === "node" ? <NodeDetail name={selection.name} /> : <WaveDetail id={selection.id} />}
      </div>
    </section>
  );
}
