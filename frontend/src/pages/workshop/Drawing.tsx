/** The drawing itself: links and nodes in SVG, under fingers, mouse and keys. */
import { memo, useEffect, useMemo, useRef, type WheelEvent } from "react";
import { spacingOf } from "../../graph/layout/drawing";
import { useWords } from "../../i18n/words";
import { useSize } from "../../state/hooks";
import { useTextScale } from "../../state/text-scale";
import { onScreen, radiusOf } from "./camera";
import { onDrawingKey } from "./drawing-keys";
import { namesIn } from "./names";
import { linkedWith } from "./network";
import { usePointer } from "./pointer";
import { chosenNode, resize, useWorkshop, zoom, type Chosen } from "./store";
import { workshopWords } from "./words";

/** A finger finds what is so large (px). */
const TOUCHED = { node: 22, link: 16 } as const;

/** Marks that are smaller have no room for the number of cores (px). */
const CORES_FROM_PX = 9;

interface Mark {
  id: number;
  x: number;
  y: number;
  radius: number;
  about: string;
  root: boolean;
  chosen: boolean;
  source: boolean;
  reached: boolean;
}

const NodeMark = memo(function NodeMark({ id, x, y, radius, about, root, chosen, source, reached }: Mark) {
  const mark = useRef<SVGGElement>(null);
  useEffect(() => {
    // Arrows choose; whoever goes by the keyboard then stands at what is chosen.
    const drawing = mark.current?.closest(".workshop-drawing");
    if (chosen && drawing?.contains(document.activeElement)) mark.current?.focus({ preventScroll: true });
  }, [chosen]);
  return (
    <g
      ref={mark} className="workshop-node" data-node={id} data-chosen={chosen} data-source={source} data-root={root}
      transform={`translate(${x} ${y})`} role="button" aria-label={about} aria-pressed={chosen} tabIndex={reached ? 0 : -1}
    >
      <circle className="touched" r={Math.max(TOUCHED.node, radius)} />
      {root && <circle className="ring" r={radius + 4} />}
      <circle className="mark" r={radius} />
    </g>
  );
});

const isChosenLink = (chosen: Chosen | null, a: number, b: number): boolean =>
  chosen?.kind === "link" && ((chosen.a === a && chosen.b === b) || (chosen.a === b && chosen.b === a));

export function Drawing({ edit }: { edit: () => void }) {
  const words = useWords(workshopWords);
  const pane = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(pane);
  const { history, chosen, mode, from, camera, size } = useWorkshop();
  const drawn = history.now;
  const scale = useTextScale();
  const { loose, handlers } = usePointer();
  useEffect(() => {
    if (width > 0 && height > 0) resize({ width, height });
  }, [width, height]);
  const wheel = (event: WheelEvent<SVGSVGElement>) => {
    if (event.deltaY === 0) return;
    const box = event.currentTarget.getBoundingClientRect();
    zoom(event.deltaY < 0 ? 1 : -1, { x: event.clientX - box.left, y: event.clientY - box.top });
  };

  const spacing = useMemo(() => {
    const [x, y] = [drawn.nodes.map((node) => node.x), drawn.nodes.map((node) => node.y)].map((each) => Float64Array.from(each));
    return x && y ? spacingOf(x, y, 1e6) : 1;
  }, [drawn]);
  const about = useMemo(() => new Map(drawn.nodes.map((node) => [node.id, words.drawnNode(node.name, node.cpu, linkedWith(drawn, node.id).map(({ name }) => name))])), [drawn, words]);
  const radius = radiusOf(spacing, camera);
  const places = new Map(drawn.nodes.map((node) => {
    const { x, y } = loose?.kind === "node" && loose.id === node.id ? loose : node;
    return [node.id, onScreen(camera, size, x, y)];
  }));
  const chosenId = chosenNode({ chosen });
  const reached = chosenId ?? drawn.nodes[0]?.id ?? null;
  const names = useMemo(() => namesIn(drawn, camera, size, radius, scale, chosenId), [drawn, camera, size, radius, scale, chosenId]);
  const start = loose?.kind === "link" ? places.get(loose.from) : undefined;
  const end = loose?.kind === "link" ? onScreen(camera, size, loose.x, loose.y) : undefined;
  return (
    <div
      ref={pane} className="workshop-drawing" data-mode={mode} data-testid="workshop-drawing" role="application" aria-label={words.drawing} aria-describedby="workshop-keys"
      tabIndex={drawn.nodes.length === 0 ? 0 : -1} onKeyDown={(event) => { onDrawingKey(event, edit); }}
    >
      <svg width={width} height={height} {...handlers} onWheel={wheel}>
        {drawn.links.map(({ a, b, tree }) => {
          const [one, other] = [places.get(a), places.get(b)];
          if (!one || !other) return null;
          const ends = { x1: one.x, y1: one.y, x2: other.x, y2: other.y };
          return (
            <g key={`${a} ${b}`} className="workshop-link" data-link={`${a} ${b}`} data-tree={tree} data-chosen={isChosenLink(chosen, a, b)}>
              <line className="touched" strokeWidth={TOUCHED.link} {...ends} />
              <line className="line" {...ends} />
            </g>
          );
        })}
        {start && end && <line className="workshop-loose" x1={start.x} y1={start.y} x2={end.x} y2={end.y} />}
        {drawn.nodes.map((node, at) => {
          const { x, y } = places.get(node.id) ?? { x: 0, y: 0 };
          return (
            <NodeMark
              key={node.id} id={node.id} x={x} y={y} radius={radius} about={about.get(node.id) ?? node.name}
              root={at === 0} chosen={node.id === chosenId} source={node.id === from} reached={node.id === reached}
            />
          );
        })}
        {/* A node is read out in one sentence, so its texts stand apart. */}
        <g className="workshop-texts" aria-hidden="true">
          {drawn.nodes.map((node) => {
            const { x, y } = places.get(node.id) ?? { x: 0, y: 0 };
            const name = names.get(node.id);
            return (
              <g key={node.id} transform={`translate(${x} ${y})`} data-chosen={node.id === chosenId}>
                {radius > CORES_FROM_PX && <text className="cpu" dy="0.35em">{node.cpu}</text>}
                {name && <text className="name" x={name.dx} y={name.dy} dy="0.9em">{name.text}</text>}
              </g>
            );
          })}
        </g>
      </svg>
      {drawn.nodes.length === 0 && <p className="workshop-empty">{words.emptyDrawing}</p>}
    </div>
  );
}
