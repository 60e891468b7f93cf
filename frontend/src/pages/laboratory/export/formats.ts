/** What a run can be saved as; what makes a file is loaded when somebody wants one. */
import type { Opened } from "../store";

export interface Format {
  ending: string;
  make: (opened: Opened) => Promise<Blob>;
  /** Only where a server is. */
  served: boolean;
}

export const FORMATS = {
  html: { ending: "html", served: true, make: async (opened) => (await import("./html")).makeHtml(opened) },
} satisfies Record<string, Format>;

export type FormatName = keyof typeof FORMATS;
