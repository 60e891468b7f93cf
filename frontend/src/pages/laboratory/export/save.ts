/** Gives something that was made of a run to the reader as a file. */

/** A browser has begun to read by then what was given to it. */
const KEPT_MS = 60_000;

export function save(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => { URL.revokeObjectURL(address); }, KEPT_MS);
}

/** A name that every system takes, made of what the run is called. */
export const fileName = (source: string, ending: string): string => {
  const plain = source.replace(/\.(jsonl|json|ndjson|txt)$/u, "").replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(/^[-.]+|[-.]+$/gu, "");
  return `${plain === "" ? "run" : plain}.${ending}`;
};
