/** Drawings of networks that are no trees: a circle for a ring, stress majorization for the rest. */
import { fitted, type Drawing } from "./drawing";

type Links = readonly (readonly [number, number])[];

export function neighboursOf(n: number, links: Links): number[][] {
  const neighbours: number[][] = Array.from({ length: n }, () => []);
  for (const [a, b] of links) {
    neighbours[a]?.push(b);
    neighbours[b]?.push(a);
  }
  return neighbours;
}

/** The nodes in the order in which they follow each other around the ring, or null where the network is no ring. */
export function ringOrder(neighbours: readonly (readonly number[])[]): number[] | null {
  const n = neighbours.length;
  if (n < 3 || neighbours.some((near) => near.length !== 2)) return null;
  const order = [0];
  let before = -1;
  let here = 0;
  while (order.length <= n) {
    const [a = 0, b = 0] = neighbours[here] ?? [];
    const next = a === before ? b : a;
    if (next === 0) break;
    order.push(next);
    before = here;
    here = next;
  }
  return order.length === n ? order : null;
}

export function circle(order: readonly number[], aspect: number): Drawing {
  const x = new Float64Array(order.length);
  const y = new Float64Array(order.length);
  order.forEach((node, place) => {
    const angle = (2 * Math.PI * place) / order.length;
    x[node] = Math.sin(angle);
    y[node] = -Math.cos(angle);
  });
  return fitted("circle", { x, y }, aspect, 1.7);
}

/** Hops between every two nodes, row by row; nodes out of reach count as far away. */
export function hopsBetween(neighbours: readonly (readonly number[])[]): Float64Array {
  const n = neighbours.length;
  const hops = new Float64Array(n * n).fill(n);
  for (let start = 0; start < n; start++) {
    hops[start * n + start] = 0;
    let front = [start];
    for (let depth = 1; front.length > 0; depth++) {
      const next: number[] = [];
      for (const node of front) {
        for (const near of neighbours[node] ?? []) {
          if (near !== start && hops[start * n + near] === n) {
            hops[start * n + near] = depth;
            next.push(near);
          }
        }
      }
      front = next;
    }
  }
  return hops;
}

/** Two leading axes of the doubly centred squared distances (classical scaling, Torgerson 1952), by power iteration. */
function classicalScaling(hops: Float64Array, n: number): [Float64Array, Float64Array] {
  const squared = hops.map((value) => value * value);
  const rowMean = new Float64Array(n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) rowMean[i] = (rowMean[i] ?? 0) + (squared[i * n + j] ?? 0) / n;
  const mean = rowMean.reduce((sum, value) => sum + value, 0) / n;
  const at = (i: number, j: number) =>
    -0.5 * ((squared[i * n + j] ?? 0) - (rowMean[i] ?? 0) - (rowMean[j] ?? 0) + mean);
  const axes: Float64Array[] = [];
  for (let axis = 0; axis < 2; axis++) {
    // A fixed, uneven start: no randomness, and no symmetry that would keep an axis out.
    let vector = Float64Array.from({ length: n }, (_, i) => Math.sin(1 + i * (axis + 1.618)) + 0.01 * i);
    let length = 0;
    for (let round = 0; round < 80; round++) {
      for (const known of axes) {
        const dot = known.reduce((sum, value, i) => sum + value * (vector[i] ?? 0), 0);
        const norm = known.reduce((sum, value) => sum + value * value, 0) || 1;
        vector = vector.map((value, i) => value - (dot / norm) * (known[i] ?? 0));
      }
      const image = new Float64Array(n);
      for (let i = 0; i < n; i++) {
        let sum = 0;
        for (let j = 0; j < n; j++) sum += at(i, j) * (vector[j] ?? 0);
        image[i] = sum;
      }
      length = Math.hypot(...image) || 1;
      vector = image.map((value) => value / length);
    }
    axes.push(vector.map((value) => value * Math.sqrt(length)));
  }
  return [axes[0] ?? new Float64Array(n), axes[1] ?? new Float64Array(n)];
}

/** Moves every node to where the others want it, hop by hop (SMACOF; Gansner, Koren, North 2004), weights d^-2. */
function majorize(x: Float64Array, y: Float64Array, hops: Float64Array, rounds: number): void {
  const n = x.length;
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < n; i++) {
      let weights = 0;
      let sumX = 0;
      let sumY = 0;
      for (let j = 0; j < n; j++) {
        if (i === j) continue;
        const far = hops[i * n + j] ?? 1;
        const weight = 1 / (far * far);
        const dx = (x[i] ?? 0) - (x[j] ?? 0);
        const dy = (y[i] ?? 0) - (y[j] ?? 0);
        const length = Math.hypot(dx, dy) || 1e-6;
        sumX += weight * ((x[j] ?? 0) + (far * dx) / length);
        sumY += weight * ((y[j] ?? 0) + (far * dy) / length);
        weights += weight;
      }
      x[i] = sumX / weights;
      y[i] = sumY / weights;
    }
  }
}

/** Turns a drawing so that most links are level or upright; where links have no such direction it stays as it is. */
function straighten(x: Float64Array, y: Float64Array, links: Links): void {
  let cos = 0;
  let sin = 0;
  for (const [a, b] of links) {
    const angle = 4 * Math.atan2((y[b] ?? 0) - (y[a] ?? 0), (x[b] ?? 0) - (x[a] ?? 0));
    cos += Math.cos(angle);
    sin += Math.sin(angle);
  }
  if (Math.hypot(cos, sin) < 0.5 * links.length) return;
  const turn = -Math.atan2(sin, cos) / 4;
  for (let i = 0; i < x.length; i++) {
    const oldX = x[i] ?? 0;
    const oldY = y[i] ?? 0;
    x[i] = oldX * Math.cos(turn) - oldY * Math.sin(turn);
    y[i] = oldX * Math.sin(turn) + oldY * Math.cos(turn);
  }
}

/** Mirrors a drawing so that the root stands in its upper left half, where reading starts. */
function rootFirst(x: Float64Array, y: Float64Array): void {
  const middle = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  for (const axis of [x, y]) {
    if ((axis[0] ?? 0) > middle(axis)) axis.forEach((value, node) => (axis[node] = -value));
  }
}

/** Distances on the sheet near the hops in the network: a grid looks like a grid, a cube like a cube. */
export function stress(n: number, links: Links, aspect: number): Drawing {
  const hops = hopsBetween(neighboursOf(n, links));
  const [x, y] = classicalScaling(hops, n);
  for (let i = 0; i < n; i++) {
    // Nodes that fall on one point (mirror images) are set apart a little, always in the same way.
    x[i] = (x[i] ?? 0) + 0.05 * Math.sin(12.9898 * (i + 1));
    y[i] = (y[i] ?? 0) + 0.05 * Math.cos(78.233 * (i + 1));
  }
  majorize(x, y, hops, n <= 150 ? 120 : 40);
  straighten(x, y, links);
  rootFirst(x, y);
  return fitted("stress", { x, y }, aspect, 1.5);
}
