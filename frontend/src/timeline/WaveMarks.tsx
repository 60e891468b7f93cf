/** The waves as marks over the charts, on the same time scale: the balancer's as ticks, the others as flags. */
import { useTextScale } from "../state/text-scale";
import { selectWave } from "../state/view";
import { perform } from "../state/notices";
import type { Wave } from "../api/types";
import { clockTime, milliseconds } from "../i18n/format";
import { replay } from "../playback/autoplay";
import { say } from "../i18n/say";
import { useTranslation } from "../i18n/use-translation";
import { AXIS_PX } from "../charts/plot";
import { placeIn } from "./history";

export function WaveMarks({ waves, range }: { waves: readonly Wave[]; range: [number, number] }) {
  const words = useTranslation();
  const textScale = useTextScale();
  return (
    <div className="wave-marks" aria-hidden="true">
      <span className="marks-name">{words.waveMarks}</span>
      <div className="marks-lane" style={{ marginLeft: AXIS_PX * textScale }}>
        {waves.map((wave) => {
          const place = placeIn(range, wave.started);
          if (place === null) return null;
          return (
            <button
              key={wave.id}
              type="button"
              tabIndex={-1}
              className="mark"
              data-purpose={wave.purpose ?? "own"}
              data-state={wave.state}
              style={{ left: `${place * 100}%` }}
              title={`${clockTime(wave.started)} ${say(wave.title)}, ${milliseconds(wave.duration_ms)}`}
              onClick={() => {
                selectWave(wave);
                if (wave.state !== "running") void perform(() => replay(wave), null, words.failed);
              }}
            />
          );
        })}
      </div>
    </div>
  );
}
