/** Where the reader was on each page, so that the navigation leads back there: a page is left as a tab is. */
import { create } from "zustand";
import type { Route } from "./routes";

/** The path with its query of each page that was open in this tab; a reload forgets them. */
export const useLastPlaces = create<Partial<Record<Route["name"], string>>>()(() => ({}));

/** What the query of a link must not repeat: language and presentation are the whole tab's. */
const OF_ALL = ["lang", "token", "present"];

export function leavePage(name: Route["name"], path: string, search: string): void {
  const query = new URLSearchParams(search);
  for (const key of OF_ALL) query.delete(key);
  const said = query.toString();
  useLastPlaces.setState({ [name]: said ? `${path}?${said}` : path });
}
