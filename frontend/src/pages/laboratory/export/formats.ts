/** What a run can be saved as; what makes a file is loaded when somebody wants one. */
import { layOut } from "../../../spacetime/layout";
import { useLaboratory, type Opened } from "../store";
import type { Watch } from "./gif";

export interface Format {
  ending: string;
  make: (opened: Opened, watch: Watch) => Promise<Blob>;
  /** Only where a server is. */
  served: boolean;
  /** Takes long: how far it is gets told. */
  slow?: boolean;
}

const plain = (text: string, type = "text/plain"): Blob => new Blob([text], { type: `${type};charset=utf-8` });

async function makeTikz({ index }: Opened): Promise<Blob> {
  const { across, down } = useLaboratory.getState();
  return plain((await import("./tikz")).tikzOf(index.run, layOut(index, across, down)));
}

async function picture(make: (pictures: typeof import("./pictures")) => Blob | Promise<Blob>): Promise<Blob> {
  return make(await import("./pictures"));
}

/** What is known of a run that goes on; `recording` is what it began with. */
const whole = ({ index }: Opened) => index.run.recording;

export const FORMATS = {
  html: { ending: "html", served: true, make: async (opened) => (await import("./html")).makeHtml(opened) },
  "stage-png": { ending: "stage.png", served: false, make: (opened) => picture(({ pngOf, stageNow }) => pngOf(stageNow(opened))) },
  "stage-svg": { ending: "stage.svg", served: false, make: (opened) => picture(({ svgOf, stageNow }) => svgOf(stageNow(opened))) },
  "diagram-png": { ending: "diagram.png", served: false, make: (opened) => picture(({ pngOf, diagramOf }) => pngOf(diagramOf(opened))) },
  "diagram-svg": { ending: "diagram.svg", served: false, make: (opened) => picture(({ svgOf, diagramOf }) => svgOf(diagramOf(opened))) },
  gif: { ending: "gif", served: false, slow: true, make: async (opened, watch) => (await import("./gif")).gifOf(opened, watch) },
  tikz: { ending: "tikz.tex", served: false, make: makeTikz },
  csv: { ending: "csv", served: false, make: async (opened) => plain((await import("./texts")).csvOf(whole(opened)), "text/csv") },
  shiviz: { ending: "shiviz.log", served: false, make: async (opened) => plain((await import("./texts")).shivizOf(whole(opened))) },
} satisfies Record<string, Format>;

export type FormatName = keyof typeof FORMATS;
