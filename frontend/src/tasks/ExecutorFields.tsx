/** What can be changed of one executor, in its own row: sent by Enter or by leaving a field, taken back by Esc or by typing. */
import { TextInput } from "@mantine/core";
import type { KeyboardEvent } from "react";
import type { Executor } from "../api/types";
import { useTranslation } from "../i18n/use-translation";
import { FocusableButton } from "../theme/FocusableButton";
import { draftKey, send, useExecutorEdits, write } from "./executor-edits";
import { fieldText, type ExecutorField } from "./executor-fields";

export interface Changing {
  executor: Executor;
  changed: (executor: Executor) => void;
}

/** One field; `bare` where its label stands above all of its kind already. */
export function Field({ executor, field, label, placeholder, changed, bare = false }: Changing & { field: ExecutorField; label: string; placeholder?: string; bare?: boolean }) {
  const draft = useExecutorEdits(({ drafts }) => drafts[draftKey(executor.name, field)]);
  const refused = draft?.refused ?? null;
  const onKey = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter") void send(executor, field, changed);
    if (event.key === "Escape") write(executor.name, field, null);
  };
  return (
    <TextInput
      {...(bare ? { "aria-label": label } : { label })}
      placeholder={placeholder}
      value={draft?.text ?? fieldText(executor, field)}
      error={refused !== null && <span role="alert">{refused}</span>}
      inputMode={{ roles: "text", weight: "decimal", limit: "numeric" }[field] as "text" | "decimal" | "numeric"}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => { write(executor.name, field, { text: event.currentTarget.value, asked: false, refused: null }); }}
      onBlur={() => { if (draft?.asked === false) void send(executor, field, changed); }}
      onKeyDown={onKey}
      data-testid={`executor-${field}`}
    />
  );
}

/** `showTasks` leads to the tasks of the node, if it is given. */
export function ExecutorFields({ executor, changed, showTasks: show }: Changing & { showTasks?: () => void }) {
  const { executors: words, executorSet, showTasks } = useTranslation();
  const { name, role } = executor;
  const taken = useExecutorEdits((edits) => edits.taken === name);
  return (
    <div className="executor-fields group" role="group" aria-label={words.change(name)}>
      <Field executor={executor} field="roles" label={words.roles(role)} placeholder={words.noRoles} changed={changed} />
      <div className="pair even">
        <Field executor={executor} field="weight" label={words.weightLabel} changed={changed} />
        <Field executor={executor} field="limit" label={words.limitLabel} placeholder={words.noLimit} changed={changed} />
      </div>
      <p className="hint" role="status" data-testid="executor-said">{taken ? executorSet(name) : words.fieldsHint}</p>
      {show && <FocusableButton variant="default" disabled={false} onClick={show} data-testid="executor-tasks">{showTasks}</FocusableButton>}
    </div>
  );
}
