/** Runs a session to a breakpoint: a node, a kind of event, a condition on a variable, or all of these. */
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useState, type SubmitEvent } from "react";
import { useWords } from "../../../i18n/words";
import { goUntil } from "../session";
import type { Opened } from "../store";
import { stopsWords } from "./stops-words";

const LONGEST_CONDITION = 200;

export function Stops({ opened }: { opened: Opened }) {
  const words = useWords(stopsWords);
  const [node, setNode] = useState("");
  const [kind, setKind] = useState("");
  const [condition, setCondition] = useState("");
  const [missed, setMissed] = useState(false);
  const any = { value: "", label: words.any };
  const told = { ...(node && { node }), ...(kind && { kind }), ...(condition.trim() && { condition: condition.trim() }) };
  const go = (what: "run" | "step_node", fields: object) => {
    setMissed(false);
    void goUntil(what, { ...fields }).then((met) => { setMissed(met === false); });
  };
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    go("run", { breakpoints: [told] });
  };
  return (
    <details data-testid="stops">
      <summary>{words.title}</summary>
      <form onSubmit={submit} className="stops">
        <NativeSelect size="xs" label={words.node} value={node} data={[any, ...opened.recording.network.names]} onChange={(event) => { setNode(event.currentTarget.value); }} />
        <NativeSelect size="xs" label={words.kind} value={kind} data={[any, ...Object.entries(words.kinds).map(([value, label]) => ({ value, label }))]} onChange={(event) => { setKind(event.currentTarget.value); }} />
        <TextInput size="xs" label={words.condition} description={words.conditionHint} value={condition} maxLength={LONGEST_CONDITION} onChange={(event) => { setCondition(event.currentTarget.value); }} />
        <span className="session-acts">
          <Button size="compact-sm" variant="default" type="submit" disabled={Object.keys(told).length === 0} data-testid="stops-run">{words.run}</Button>
          <Button size="compact-sm" variant="default" disabled={node === ""} onClick={() => { go("step_node", { node }); }} data-testid="stops-step">{words.step}</Button>
        </span>
        {missed && <p className="hint" role="status">{words.notMet}</p>}
      </form>
    </details>
  );
}
