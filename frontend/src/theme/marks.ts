/** The mark of a node: its state and its overload as a shape, so that no meaning hangs on colour alone. */
import type { NodeState } from "../api/types";

export type Mark = "circle" | "hexagon" | "hollow" | "bars" | "cross" | "triangle" | "diamond" | "pentagon" | "square";

/** What a node is, in one word, as every panel names it. */
export type Condition = NodeState | "overloaded" | "leaving";

const MARKS: Record<Condition, Mark> = {
  up: "circle",
  overloaded: "hexagon",
  starting: "hollow",
  stopped: "bars",
  dead: "cross",
  failed: "triangle",
  foreign: "diamond",
  leaving: "pentagon",
  inactive: "square",
};

export const markOf = (condition: Condition): Mark => MARKS[condition];

/** Overloaded: load >= cpu * max_cpu / 100. A node that is down is down, however much it has to do, and wherever it is to go. */
export function conditionOf(state: NodeState, load: number, cpu: number, maxCpu: number, leaving = false): Condition {
  if (state !== "up" && state !== "foreign") return state;
  if (leaving) return "leaving";
  return load * 100 >= cpu * maxCpu && load > 0 ? "overloaded" : state;
}

type Point = [number, number];

function regular(corners: number, radius: number, turn: number): Point[] {
  return Array.from({ length: corners }, (_, i): Point => {
    const angle = turn + (2 * Math.PI * i) / corners;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}

function rectangle(left: number, top: number, right: number, bottom: number): Point[] {
  return [[left, top], [right, top], [right, bottom], [left, bottom]];
}

function crossed(arm: number, half: number): Point[] {
  const straight: Point[] = [
    [-half, -arm], [half, -arm], [half, -half], [arm, -half], [arm, half], [half, half],
    [half, arm], [-half, arm], [-half, half], [-arm, half], [-arm, -half], [-half, -half],
  ];
  const turn = Math.SQRT1_2;
  return straight.map(([x, y]) => [(x - y) * turn, (x + y) * turn]);
}

/** The polygons of each mark, filled, in units of the node's radius; y down. */
export const POLYGONS: Record<Mark, Point[][]> = {
  circle: [regular(40, 1, 0)],
  hollow: [regular(40, 1, 0)],
  hexagon: [regular(6, 1.18, Math.PI / 6)],
  bars: [rectangle(-0.85, -0.95, -0.25, 0.95), rectangle(0.25, -0.95, 0.85, 0.95)],
  cross: [crossed(1.15, 0.3)],
  triangle: [regular(3, 1.3, -Math.PI / 2)],
  diamond: [regular(4, 1.25, 0)],
  // A tag that points down, out of the tree.
  pentagon: [[[-0.95, -0.95], [0.95, -0.95], [0.95, 0.35], [0, 1.25], [-0.95, 0.35]]],
  square: [regular(4, 1.25, Math.PI / 4)],
};

const FILLED: ReadonlySet<Mark> = new Set(["circle", "hexagon", "diamond", "pentagon"]);

/** Marks that show a load: filled with its colour, and edged. */
export const showsLoad = (mark: Mark): boolean => FILLED.has(mark);

/** The same polygons as the path of an SVG. */
export function pathOf(mark: Mark): string {
  return POLYGONS[mark]
    .map((points) => `M${points.map(([x, y]) => `${x.toFixed(3)} ${y.toFixed(3)}`).join("L")}Z`)
    .join("");
}
