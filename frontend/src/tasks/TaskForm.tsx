/** A form for a task: one of the shipped scripts or a file, its parameters, and who is to run it how soon. */
import { NativeSelect, NumberInput, TextInput, Textarea } from "@mantine/core";
import { useState } from "react";
import { create } from "zustand";
import { submitTasks } from "../api/tasks";
import { ActionError } from "../api/rest";
import type { Problem } from "../api/types";
import { problemSaid, say } from "../i18n/say";
import { useTranslation } from "../i18n/use-translation";
import { useCatalog } from "../state/catalog";
import { useConnected, useLab } from "../state/lab-store";
import { notify } from "../state/notices";
import { FocusableButton } from "../theme/FocusableButton";
import { declaredIn, fieldOf, withField } from "./declared";
import { EMPTY, jsonProblem, orderText, type Draft } from "./task-order";

/** The script that is chosen at first, where the lab has it. */
const FIRST_SCRIPT = "pi";

/** What was written is still there after a look at another panel. */
const useDraft = create<Draft>()(() => EMPTY);
const change = (changes: Partial<Draft>) => { useDraft.setState(changes); };

type Named<T> = { [Key in keyof Draft]: Draft[Key] extends T ? (T extends Draft[Key] ? Key : never) : never }[keyof Draft];

function Text({ name, label, ...rest }: { name: Named<string>; label: string; description?: string | undefined; inputMode?: "decimal"; required?: boolean }) {
  const value = useDraft((draft) => draft[name]);
  return <TextInput {...rest} label={label} value={value} spellCheck={false} onChange={(event) => { change({ [name]: event.currentTarget.value }); }} data-testid={`form-${name}`} />;
}

function Whole({ name, label }: { name: Named<number>; label: string }) {
  const value = useDraft((draft) => draft[name]);
  return <NumberInput label={label} value={value} min={1} allowDecimal={false} onChange={(now) => { change({ [name]: Math.max(1, Number(now) || 1) }); }} data-testid={`form-${name}`} />;
}

function Choice({ name, label, names }: { name: "type" | "priority"; label: string; names: Record<string, string> }) {
  const value = useDraft((draft) => draft[name]);
  return (
    <NativeSelect
      label={label}
      value={value}
      data={Object.entries(names).map(([one, text]) => ({ value: one, label: text }))}
      onChange={(event) => { change({ [name]: event.currentTarget.value }); }}
      data-testid={`form-${name}`}
    />
  );
}

/** A field for each parameter that the script declares; they are another form of the JSON below. */
function Declared({ words: said }: { words: string }) {
  const params = useDraft((draft) => draft.params);
  return (
    <div className="declared">
      {declaredIn(said).map(({ name, about }) => {
        const value = fieldOf(params, name);
        return (
          <TextInput
            key={name}
            label={name}
            description={about}
            value={value ?? ""}
            disabled={value === null}
            spellCheck={false}
            onChange={(event) => { change({ params: withField(params, name, event.currentTarget.value) }); }}
            data-testid={`param-${name}`}
          />
        );
      })}
    </div>
  );
}

/** What is less often said. */
function More({ isScript }: { isScript: boolean }) {
  const words = useTranslation();
  const { submit, taskDetail: detail } = words;
  return (
    <details>
      <summary>{submit.more}</summary>
      <div className="more">
        <Text name="title" label={detail.title} />
        <div className="pair even">
          <Text name="category" label={detail.category} />
          <Text name="request" label={detail.request} />
        </div>
        <div className="pair even">
          <Text name="roles" label={submit.roles} />
          <Whole name="weight" label={submit.weight} />
        </div>
        <div className="pair even">
          <Whole name="attempts" label={submit.attempts} />
          <Text name="backoff" label={submit.backoff} inputMode="decimal" />
        </div>
        <div className="pair even">
          <Text name="deadline" label={submit.deadline} inputMode="decimal" />
          <Text name="duration" label={submit.duration} inputMode="decimal" />
        </div>
        {isScript && (
          <div className="pair even">
            <Choice name="type" label={detail.type} names={{ cpu: submit.cpu, io: submit.io } satisfies Record<Draft["type"], string>} />
            <Text name="timeout" label={submit.timeout} inputMode="decimal" />
          </div>
        )}
      </div>
    </details>
  );
}

/** `sent` is called when the lab has taken what was submitted. */
export function TaskForm({ sent }: { sent: () => void }) {
  const words = useTranslation();
  const connected = useConnected();
  const saved = useDraft();
  const scripts = useCatalog((catalog) => catalog.scripts);
  const names = useLab(({ lab }) => lab?.network.names) ?? [];
  const [refused, setRefused] = useState<Problem | null>(null);
  const [sending, setSending] = useState(false);
  const submit = words.submit;
  const known = scripts.find(({ name }) => name === saved.example) ?? scripts.find(({ name }) => name === FIRST_SCRIPT) ?? scripts[0];
  const draft: Draft = {
    ...saved,
    kind: saved.kind === "example" && !known ? "file" : saved.kind,
    example: known?.name ?? "",
    node: names.includes(saved.node) ? saved.node : "",
  };
  const isScript = draft.kind !== "emulated";
  const example = draft.kind === "example" ? known : undefined;
  const wrong = isScript ? jsonProblem(draft.params.trim() || "{}") : null;
  const ready = connected && !sending && wrong === null && (draft.kind !== "file" || draft.path !== "");
  const send = async () => {
    setSending(true);
    setRefused(null);
    try {
      const { tasks } = await submitTasks(orderText(draft));
      const nodes = new Set(tasks.map(({ node }) => node).filter((node) => node !== null));
      const pending = tasks.filter(({ node }) => node === null).length;
      notify("done", words.tasksSubmitted(tasks.length, nodes.size), pending > 0 ? words.tasksPending(pending) : "");
      sent();
    } catch (error) {
      if (!(error instanceof ActionError)) throw error;
      setRefused({ ...error.problem, ...problemSaid(error.problem) });
    } finally {
      setSending(false);
    }
  };
  return (
    <form
      className="scroll task-form group"
      aria-label={submit.heading}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) void send();
      }}
      data-testid="task-form"
    >
      <NativeSelect
        label={submit.script}
        value={draft.kind === "example" ? `example ${draft.example}` : draft.kind}
        data={[
          ...scripts.map(({ name }) => ({ value: `example ${name}`, label: name })),
          { value: "file", label: submit.other }, { value: "emulated", label: submit.emulated },
        ]}
        description={example && say(example.summary)}
        onChange={(event) => {
          const [kind, name = ""] = event.currentTarget.value.split(" ");
          change({ kind: kind as Draft["kind"], ...(kind === "example" && { example: name }) });
        }}
        data-testid="form-script"
      />
      {draft.kind === "file" && <Text name="path" label={submit.path} description={scripts.length === 0 ? submit.none : submit.pathHint} required />}
      {example && <Declared words={say(example.params)} />}
      {isScript && (
        <Textarea
          label={submit.params}
          description={example && say(example.params)}
          value={draft.params}
          error={wrong !== null && submit.badJson(wrong)}
          minRows={2}
          maxRows={12}
          autosize
          spellCheck={false}
          onChange={(event) => { change({ params: event.currentTarget.value }); }}
          data-testid="form-params"
        />
      )}
      <div className="pair even">
        <Whole name="count" label={words.count} />
        <Choice name="priority" label={words.taskDetail.priority} names={words.priorities} />
      </div>
      <NativeSelect
        label={words.node}
        value={draft.node}
        data={[{ value: "", label: submit.anyNode }, ...names.map((name) => ({ value: name, label: name }))]}
        onChange={(event) => { change({ node: event.currentTarget.value }); }}
        data-testid="form-node"
      />
      <More isScript={isScript} />
      {refused && (
        <p className="refused" role="alert" data-testid="form-refused"><b>{refused.title}</b> {refused.detail}</p>
      )}
      <FocusableButton type="submit" disabled={!ready} data-testid="form-send">{submit.send}</FocusableButton>
    </form>
  );
}
