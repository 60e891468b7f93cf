/** Tasks that move from one node to another, straight and not over the tree's links: a parcel with their number. */
import type { Network } from "../../state/lab";
import { MOVE_MS, useMoves } from "../../state/moves";
import { useView } from "../../state/view";
import type { Drawing } from "../layout/drawing";
import { useViewport } from "../use-viewport";

/** How far the way bends aside, as a share of its length: it is no link. */
const BEND = 0.18;

export function Moves({ network, drawing }: { network: Network; drawing: Drawing }) {
  const view = useViewport();
  const moves = useMoves();
  const off = useView((state) => state.messages === "off");
  if (off) return null;
  return (
    <div className="moves" aria-hidden="true" data-testid="moves">
      {moves.map(({ id, giver, receiver, tasks }) => {
        const from = network.indexOf.get(giver);
        const to = network.indexOf.get(receiver);
        if (from === undefined || to === undefined) return null;
        const place = (node: number) => [(drawing.x[node] ?? 0) * view.scale + view.x, (drawing.y[node] ?? 0) * view.scale + view.y] as const;
        const [ax, ay] = place(from);
        const [bx, by] = place(to);
        const [mx, my] = [(ax + bx) / 2 - (by - ay) * BEND, (ay + by) / 2 + (bx - ax) * BEND];
        const way = `M${ax} ${ay}Q${mx} ${my} ${bx} ${by}`;
        return (
          <div key={id}>
            <svg><path d={way} /></svg>
            <b style={{ offsetPath: `path("${way}")`, animationDuration: `${MOVE_MS}ms` }} data-testid="move">{tasks}</b>
          </div>
        );
      })}
    </div>
  );
}
