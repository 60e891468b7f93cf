/**
 * What is being changed of executors: which rows are open, and what is written there that the lab has not taken. It stays
 * while the lab says news of its nodes, and while another panel is open; another network has other nodes.
 */
import { create } from "zustand";
import { changeExecutor } from "../api/tasks";
import { ActionError } from "../api/rest";
import type { Executor } from "../api/types";
import { names } from "../i18n/format";
import { problemSaid } from "../i18n/say";
import { translation } from "../i18n/use-translation";
import { useLab } from "../state/lab-store";
import { notify } from "../state/notices";
import { NAMES_SHOWN } from "./commands";
import { asksNothing, fieldOrder, refusalText, type ExecutorField } from "./executor-fields";

interface Draft {
  text: string;
  /** Whether the lab was asked for it. */
  asked: boolean;
  /** Why the lab did not take it. */
  refused: string | null;
}

interface Edits {
  open: readonly string[];
  /** By `draftKey`. */
  drafts: Readonly<Record<string, Draft>>;
  /** The last of which the lab has taken something, until something is written again. */
  taken: string | null;
}

const NOTHING: Edits = { open: [], drafts: {}, taken: null };

export const useExecutorEdits = create<Edits>()(() => NOTHING);
const { getState, setState } = useExecutorEdits;

useLab.subscribe(({ lab }, { lab: before }) => {
  if (before && lab?.network.version !== before.network.version) setState(NOTHING);
});

/** Names have no spaces at their ends, and fields none at all. */
export const draftKey = (name: string, field: ExecutorField): string => `${field} ${name}`;

export const turnOpen = (name: string): void => {
  setState(({ open }) => ({ open: open.includes(name) ? open.filter((one) => one !== name) : [...open, name] }));
};

/** Keeps what is written; null: what the lab has stands there again. */
export function write(name: string, field: ExecutorField, draft: Draft | null): void {
  const key = draftKey(name, field);
  const others = Object.entries(getState().drafts).filter(([other]) => other !== key);
  setState({ taken: null, drafts: Object.fromEntries(draft ? [...others, [key, draft]] : others) });
}

/** Asks the lab for what is written. What it refuses stays, with the reason; `changed` gets what it takes. */
export async function send(executor: Executor, field: ExecutorField, changed: (executor: Executor) => void): Promise<void> {
  const { name } = executor;
  const key = draftKey(name, field);
  const written = getState().drafts[key];
  if (!written) return;
  const draft = { ...written, asked: true, refused: null };
  write(name, field, asksNothing(executor, field, draft.text) ? null : draft);
  if (!getState().drafts[key]) return;
  const words = translation();
  const refuse = (why: string) => {
    if (getState().drafts[key] === draft) write(name, field, { ...draft, refused: why });
  };
  if (useLab.getState().connection !== "open") {
    refuse(words.lostTitle);
    return;
  }
  try {
    const said = await changeExecutor(name, fieldOrder(field, draft.text));
    if (getState().drafts[key] === draft) write(name, field, null);
    changed(said.executor);
    setState({ taken: name });
    if (said.not_yet.length > 0) notify("done", words.executorSet(name), words.notYet(names(said.not_yet, NAMES_SHOWN)));
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    const { title, detail, status } = problemSaid(error.problem);
    refuse(status === 422 ? refusalText(detail) : `${title}. ${detail}`);
  }
}
