/** What `GET /limits` says: flat names, each with its unit. */
import { readDescription } from "./rest";
import type { Limits } from "./types";

export async function readLimits(): Promise<Limits> {
  return (await readDescription("/limits")) as Limits;
}
