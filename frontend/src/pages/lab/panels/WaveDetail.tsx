/** The drawer of one wave: what it cost, what is proven, who decided, who is missing. */
import { Link } from "wouter";
import { formulaOf } from "../../../i18n/formulas";
import { isReferred } from "../../../state/address";
import { verdictOf } from "../../../state/bounds";
import { useEvery } from "../../../state/hooks";
import { perform } from "../../../state/notices";
import { bits, clockTime, count, milliseconds } from "../../../i18n/format";
import { replay } from "../../../playback/autoplay";
import { useLab } from "../../../state/lab-store";
import { Said, toldEach } from "../../../i18n/say";
import { useTranslation } from "../../../i18n/use-translation";
import { Facts } from "../../../theme/Facts";
import { Term } from "../../../i18n/Term";
import { useWords } from "../../../i18n/words";
import { holdWords } from "../actions/hold-words";
import { FocusableButton } from "../../../theme/FocusableButton";

const DETAIL_INTERVAL_MS = 250;

function Mistakes({ sentences, told }: { sentences: readonly string[]; told: readonly unknown[] }) {
  return (
    <ul className="mistakes" data-testid="mistakes">
      {sentences.map((mistake, at) => <li key={mistake}><Said text={mistake} told={told[at]} /></li>)}
    </ul>
  );
}

export function WaveDetail({ id, started }: { id: string; started: number | null }) {
  const words = useTranslation();
  const said = useWords(holdWords);
  const waves = useEvery(DETAIL_INTERVAL_MS, useLab, (state) => state.lab?.waves ?? null);
  const wave = waves?.find((one) => isReferred({ id, started }, one));
  if (!wave) return waves && <p className="empty" role="alert" data-testid="wave-gone">{words.waveGone(id)}. {words.waveGoneDetail}</p>;
  const detail = words.waveDetail;
  const verdict = verdictOf(wave);
  const sign = wave.bound_kind === "at most" ? words.atMost : words.exactly;
  const faults = [...wave.mistakes, ...wave.witnesses];
  const told = [
    ...wave.mistakes.map((_, at) => toldEach(wave.sentences, "mistakes")[at]),
    ...wave.witnesses.map((_, at) => toldEach(wave.sentences, "witnesses")[at]),
  ];
  const judged = { holds: words.holds, broken: words.broken, open: wave.state === "incomplete" ? words.notComparable : "" };
  return (
    <>
      <p className="big-figure" data-testid="wave-figures">
        {wave.messages === null ? "…" : count(wave.messages)}
        {wave.bound !== null && <small> {words.messagesOf} {count(wave.bound)} {formulaOf(wave)}</small>}
      </p>
      <p className="verdict" data-verdict={verdict}>{judged[verdict]}</p>
      <Facts
        facts={[
          [detail.state, words[wave.state]],
          [detail.duration, milliseconds(wave.duration_ms)],
          [detail.messages, wave.messages === null ? "…" : count(wave.messages)],
          [<Term key="bound" id="bound">{detail.bound}</Term>, wave.bound === null ? "–" : `${sign} ${count(wave.bound)}`],
          [detail.size, bits(wave.bits)],
          [detail.nodes, wave.nodes],
          [<Term key="initiators" id="initiator">{detail.initiators}</Term>, wave.initiators.join(", ") || "–"],
          [<Term key="deciders" id={wave.claims_wave ? "decide" : "decide-alone"}>{detail.deciders}</Term>, wave.deciders.join(", ") || detail.nobody],
          [detail.missing, wave.missing.join(", ") || detail.nobody],
          ...(faults.length > 0 ? [[detail.mistakes, <Mistakes key="mistakes" sentences={faults} told={told} />] as const] : []),
          [detail.started, clockTime(wave.started)],
        ]}
      />
      <div className="buttons">
        <FocusableButton disabled={wave.state === "running"} onClick={() => void perform(() => replay(wave), null, words.failed)}>
          {words.replay}
        </FocusableButton>
        {wave.state !== "running" && <Link href={`/lab?trace=${encodeURIComponent(wave.id)}`} data-testid="look-inside">{words.lookInside}</Link>}
        {wave.state === "running" && wave.held_until !== null && <Link href={`/lab?hold=${encodeURIComponent(wave.id)}`} data-testid="deliver-by-hand">{said.deliverByHand}</Link>}
      </div>
    </>
  );
}
