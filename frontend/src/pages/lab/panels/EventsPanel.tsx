/** What happened in the lab, newest first. */
import { useEvery } from "../../../state/hooks";
import { select, selectWave } from "../../../state/view";
import { clockTime } from "../../../i18n/format";
import { useLab } from "../../../state/lab-store";
import { Said } from "../../../i18n/say";
import { withNetworkTitle } from "../../../i18n/network-title";
import { useTranslation } from "../../../i18n/use-translation";

const LIST_INTERVAL_MS = 300;

/** The last wave of that id is the one that an event of this lab is about. */
function show(wave: string | null, node: string | null): void {
  const known = wave !== null && useLab.getState().lab?.waves.findLast(({ id }) => id === wave);
  if (known) selectWave(known);
  else select(wave ? { type: "wave", id: wave, started: null } : { type: "node", name: node ?? "" });
}

export function EventsPanel() {
  const words = useTranslation();
  const events = useEvery(LIST_INTERVAL_MS, useLab, (state) => state.lab?.events ?? null);
  const shown = (events ?? []).toReversed();
  return (
    <div className="panel-body">
      <div className="scroll">
        {shown.length === 0 && <p className="empty">{words.noEvents}</p>}
        <ol className="events" data-testid="events">
          {shown.map(({ seq, time, kind, text, code, parameters, node, wave }) => (
            <li key={seq} data-kind={kind}>
              <time>{clockTime(time)}</time>
              {node ?? wave ? (
                <button type="button" className="quiet" onClick={() => { show(wave, node); }}><Said text={text} told={{ code, parameters: withNetworkTitle(parameters, words) }} /></button>
              ) : (
                <span><Said text={text} told={{ code, parameters: withNetworkTitle(parameters, words) }} /></span>
              )}
            </li>
          ))}
        </ol>
      </div>
    </div>
  );
}
