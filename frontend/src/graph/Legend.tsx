/** The legend on the stage: the scale of load/cpu, the shapes of the states, the glyphs of the messages. */
import { arrowGlyphPath, KINDS, kindColour } from "./arrow-glyphs";
import { markOf, pathOf, type Condition } from "../theme/marks";
import { cividis, hex, SCALE_END } from "../theme/scale";
import type { Tokens } from "../theme/tokens";
import { useTranslation } from "../i18n/use-translation";

const CONDITIONS: readonly Condition[] = ["overloaded", "starting", "stopped", "inactive", "dead", "failed", "foreign", "leaving"];
const PHASES = ["reached", "done", "decided"] as const;
const PHASE_RINGS = { reached: [1.2], done: [1.2], decided: [1.2, 1.75] } as const;
const RAMP = `linear-gradient(90deg, ${[0, 0.25, 0.5, 0.75, 1].map((share) => hex(cividis(share))).join(", ")})`;

/** The mark of a condition as a small picture beside its word. */
export function MarkIcon({ condition, size = 12 }: { condition: Condition; size?: number }) {
  const mark = markOf(condition);
  const hollow = mark === "hollow";
  return (
    <svg className="mark-icon" viewBox="-1.5 -1.5 3 3" width={size} height={size} aria-hidden="true">
      <path
        d={pathOf(mark)}
        fill={hollow ? "none" : "currentColor"}
        stroke="currentColor"
        strokeWidth={hollow ? 0.35 : condition === "overloaded" ? 0.3 : 0}
      />
    </svg>
  );
}

export function Legend({ tokens }: { tokens: Tokens }) {
  const words = useTranslation();
  return (
    <details className="legend">
      <summary title={words.legend}>
        <span className="unseen">{words.legend}</span>
        <span>0</span>
        <span className="ramp" style={{ background: RAMP }} />
        <span>{SCALE_END}</span>
        <span>{words.loadPerCpu}</span>
      </summary>
      <div className="legend-row legend-grid">
        {CONDITIONS.map((condition) => (
          <span key={condition}><MarkIcon condition={condition} />{words.conditions[condition]}</span>
        ))}
      </div>
      <div className="legend-row legend-grid">
        {KINDS.filter((kind) => kind !== "other").map((kind) => (
          <span key={kind}>
            <svg viewBox="-1.6 -1.6 3.2 3.2" width={12} height={12} aria-hidden="true">
              <path d={arrowGlyphPath(kind)} fillRule="evenodd" fill={kindColour(tokens, kind)} />
            </svg>
            {words.kinds[kind]}
          </span>
        ))}
      </div>
      <div className="legend-row legend-grid">
        {PHASES.map((phase) => (
          <span key={phase}>
            <svg viewBox="-2 -2 4 4" width={14} height={14} aria-hidden="true" stroke="currentColor" fill="none">
              <circle r={0.8} fill="currentColor" stroke="none" />
              {PHASE_RINGS[phase].map((ring) => <circle key={ring} r={ring} strokeWidth={phase === "reached" ? 0.15 : 0.3} />)}
            </svg>
            {words.phases[phase]}
          </span>
        ))}
      </div>
    </details>
  );
}
