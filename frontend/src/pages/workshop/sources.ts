/** Where networks to begin with come from: a file, a generator, the lab. */
import { ActionError, request } from "../../api/rest";
import { bytes } from "../../i18n/format";
import { problemSaid } from "../../i18n/say";
import { SessionRefusal } from "../../session/socket";
import { LIMITS, MOST_BYTES } from "./limits";
import { networkText, type NetworkFile } from "./read-network";
import { aspect, replace, unusedId } from "./store";
import { readTopology } from "./topology-file";
import type { WorkshopWords } from "./words";

/** What came of it: what is wrong, a sentence each, or what was changed about the network. */
export interface Outcome {
  problems: readonly string[];
  notes: readonly string[];
}

export const NOTHING: Outcome = { problems: [], notes: [] };

const refusedFor = (...problems: string[]): Outcome => ({ problems, notes: [] });

async function taken(network: string | NetworkFile, largest: boolean, what: string, words: WorkshopWords): Promise<Outcome> {
  try {
    const { text, notes } = await networkText(network, { largest });
    replace(readTopology(text, aspect(), unusedId()), what);
    return { problems: [], notes };
  } catch (error) {
    return refusedFor(...(error instanceof SessionRefusal ? error.problems : [words.noConnection]));
  }
}

/** The text of a file: in UTF-8, or as old programs wrote it. */
async function textOf(file: File): Promise<string> {
  const data = await file.arrayBuffer();
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(data);
  } catch {
    return new TextDecoder("windows-1252").decode(data);
  }
}

export async function openFile(file: File, largest: boolean, words: WorkshopWords): Promise<Outcome> {
  if (file.size > MOST_BYTES) return refusedFor(words.large(bytes(MOST_BYTES)));
  let text;
  try {
    text = await textOf(file);
  } catch {
    return refusedFor(words.unreadable);
  }
  return taken({ name: file.name, text }, largest, file.name, words);
}

export const generate = (shape: string, words: WorkshopWords): Promise<Outcome> => taken(shape.trim(), false, shape.trim(), words);

/** The network that runs in the lab. */
export async function openLab(words: WorkshopWords): Promise<Outcome> {
  try {
    const { topology } = (await request("GET", "/topology")) as { topology: object };
    const drawn = readTopology(JSON.stringify(topology), aspect(), unusedId());
    if (drawn.nodes.length > LIMITS.nodes) return refusedFor(words.tooMany(drawn.nodes.length, LIMITS.nodes));
    replace(drawn, words.ofLab);
    return NOTHING;
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    const { title, detail } = problemSaid(error.problem);
    return refusedFor(`${title}. ${detail}`);
  }
}
