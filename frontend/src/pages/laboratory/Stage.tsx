/** The network at the step of the cursor, on a canvas. */
import { useCallback, useMemo, useRef, useState } from "react";
import { draw } from "../../graph/layout/choose";
import { useWords } from "../../i18n/words";
import { coloursOf } from "../../spacetime/paint";
import { nearest, type Pointed } from "../../spacetime/pointing";
import { useCanvas } from "../../spacetime/use-canvas";
import { TYPE_PX } from "../../spacetime/view";
import { useSize } from "../../state/hooks";
import { useTextScale } from "../../state/text-scale";
import { useTokens } from "../../theme/mantine";
import { aspectOf, flightPlaces, paintStage } from "./paint-stage";
import { useSession } from "./session";
import type { Opened } from "./store";
import { besideOf, useChosen } from "./variables/beside";
import { Carried } from "./variables/Carried";
import { laboratoryWords } from "./words";

export function Stage({ opened, position }: { opened: Opened; position: number }) {
  const words = useWords(laboratoryWords);
  const pane = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = useSize(pane);
  const tokens = useTokens();
  const scale = useTextScale();
  const { index } = opened;
  const { network } = index.run.recording;
  const aspect = aspectOf(width, height);
  const drawing = useMemo(() => (aspect === null ? null : draw({ parents: network.parents, links: network.links }, aspect)), [network, aspect]);
  const colours = useMemo(() => coloursOf(index.run, tokens), [index, tokens]);
  const chosen = useChosen();
  const states = useSession((state) => state.states);
  const algorithm = useSession((state) => state.about?.algorithm.name) ?? opened.recording.title;
  const beside = useMemo(
    () => besideOf(index, position, algorithm, chosen, states?.position === (index.run.steps[position]?.line.position ?? 0) ? states.of : null),
    [index, position, algorithm, chosen, states],
  );
  const [pointed, setPointed] = useState<Pointed | null>(null);
  const point = (event: React.MouseEvent) => {
    const box = canvas.current?.getBoundingClientRect();
    if (!box || !drawing) return;
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const flight = nearest(flightPlaces({ index, drawing, width, height, position }), x, y);
    setPointed(flight === null ? null : { flight, x: event.clientX, y: event.clientY });
  };
  const paint = useCallback((context: CanvasRenderingContext2D) => {
    if (!drawing) return;
    const family = getComputedStyle(context.canvas).fontFamily;
    paintStage(context, { index, drawing, tokens, width, height, position, colours, beside, type: { size: TYPE_PX * scale, family } });
  }, [index, drawing, tokens, width, height, position, colours, beside, scale]);
  useCanvas(canvas, width, height, paint);
  return (
    <div ref={pane} className="run-stage" role="img" aria-label={words.network(network.names.length)} data-testid="run-stage" onMouseMove={point} onClick={point} onMouseLeave={() => { setPointed(null); }}>
      <canvas ref={canvas} style={{ width, height }} />
      {pointed && <Carried run={index.run} pointed={pointed} />}
    </div>
  );
}
