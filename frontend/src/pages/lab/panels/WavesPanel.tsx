/** The last waves: messages against the proven number, duration, who decided, who is missing. A click replays. */
import { Switch } from "@mantine/core";
import { formulaOf } from "../../../i18n/formulas";
import { verdictOf } from "../../../state/bounds";
import { isReferred } from "../../../state/address";
import { useEvery } from "../../../state/hooks";
import { perform } from "../../../state/notices";
import { selectWave, useView } from "../../../state/view";
import type { Wave } from "../../../api/types";
import { clockTime, count, milliseconds, names } from "../../../i18n/format";
import { replay } from "../../../playback/autoplay";
import { usePlayback } from "../../../playback/store";
import { useLab } from "../../../state/lab-store";
import type { Translation } from "../../../i18n/en";
import { say } from "../../../i18n/say";
import { useTranslation } from "../../../i18n/use-translation";

const LIST_INTERVAL_MS = 250;
const NAMES_SHOWN = 3;

export function figures(wave: Wave): string {
  if (wave.messages === null) return "…";
  return wave.bound === null ? count(wave.messages) : `${count(wave.messages)} / ${count(wave.bound)}`;
}

function WaveRow({ wave, words, playing }: { wave: Wave; words: Translation; playing: boolean }) {
  const selected = useView(({ selection }) => selection?.type === "wave" && isReferred(selection, wave));
  const verdict = verdictOf(wave);
  const over = wave.state !== "running";
  return (
    <li>
      <button
        type="button"
        className="wave"
        aria-pressed={selected}
        data-testid={`wave-${wave.id}`}
        data-algorithm={wave.algorithm}
        data-state={wave.state}
        data-messages={wave.messages ?? ""}
        data-bound={wave.bound ?? ""}
        data-purpose={wave.purpose ?? ""}
        onClick={() => {
          selectWave(wave);
          if (over) void perform(() => replay(wave), null, words.failed);
        }}
      >
        <span className="wave-head">
          <b>{say(wave.title)}</b>
          {wave.purpose === "rebalance" && <em>{words.byBalancer}</em>}
          {playing && <em aria-hidden="true">▶</em>}
          <time>{clockTime(wave.started)}</time>
        </span>
        <span className="wave-line">
          <span className="figure" data-verdict={verdict}>
            {figures(wave)} {wave.bound !== null && <small>{formulaOf(wave)}</small>}
          </span>
          <span className="figure">{milliseconds(wave.duration_ms)}</span>
          <span className="wave-state" data-state={wave.state}>{words[wave.state]}</span>
        </span>
        {wave.deciders.length > 0 && <span className="wave-note">{words.waveDetail.deciders}: {names(wave.deciders, NAMES_SHOWN)}</span>}
        {wave.missing.length > 0 && <span className="wave-note missing">{words.waveDetail.missing}: {names(wave.missing, NAMES_SHOWN)}</span>}
      </button>
    </li>
  );
}

export function WavesPanel() {
  const words = useTranslation();
  const waves = useEvery(LIST_INTERVAL_MS, useLab, (state) => state.lab?.waves ?? null);
  const playing = usePlayback((state) => state.wave?.id ?? null);
  const all = useView((view) => view.balancerWaves);
  const shown = (waves ?? []).filter((wave) => all || wave.purpose === null).toReversed();
  return (
    <div className="panel-body">
      <Switch
        size="xs"
        className="filter"
        label={words.showRebalance}
        checked={all}
        onChange={(event) => { useView.setState({ balancerWaves: event.currentTarget.checked }); }}
      />
      <div className="scroll">
        {shown.length === 0 && <p className="empty">{words.noWaves}</p>}
        <ol className="waves" data-testid="waves">
          {shown.map((wave) => <WaveRow key={wave.id} wave={wave} words={words} playing={wave.id === playing} />)}
        </ol>
      </div>
    </div>
  );
}
