/** What may be said further of a run of one's own, as the protocol's `open` takes it. */
import type { Same } from "../../../i18n/words";
import type { Fields } from "../../../session/forms";
import type { FurtherWords } from "./further-words";

export interface Further {
  network: File | null;
  faults: File | null;
  initiators: string;
  inputs: string;
  loss: number;
  duplicate: number;
  maxEvents: number | null;
}

export const NOTHING_FURTHER: Further = { network: null, faults: null, initiators: "", inputs: "", loss: 0, duplicate: 0, maxEvents: null };

/** A field holds what cannot be sent; the message says so. */
export class BadField extends Error {}

function parsed(text: string, field: string, { noJson }: Same<FurtherWords>): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new BadField(noJson(field));
  }
}

/** The fields of `open`; what nobody has said is left out. Throws BadField. */
export async function furtherFields(further: Further, words: Same<FurtherWords>): Promise<Fields> {
  const { network, faults, initiators, inputs, loss, duplicate, maxEvents } = further;
  const names = initiators.split(",").map((name) => name.trim()).filter((name) => name !== "");
  return {
    ...(network && { network: { name: network.name, text: await network.text() } }),
    ...(faults && { faults: parsed(await faults.text(), faults.name, words) }),
    ...(names.length > 0 && { initiators: names }),
    ...(inputs.trim() !== "" && { inputs: parsed(inputs, words.inputs, words) }),
    ...(loss > 0 && { loss }),
    ...(duplicate > 0 && { duplicate }),
    ...(maxEvents !== null && { max_events: maxEvents }),
  };
}
