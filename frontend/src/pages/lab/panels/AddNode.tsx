/** Let one node join below the selected one: what is left empty the lab chooses. */
import { TextInput } from "@mantine/core";
import { useState } from "react";
import { ActionError } from "../../../api/rest";
import { addNode } from "../../../api/scaling";
import { problemSaid } from "../../../i18n/say";
import { useTranslation } from "../../../i18n/use-translation";
import { useConnected } from "../../../state/lab-store";
import { notify } from "../../../state/notices";
import { FocusableButton } from "../../../theme/FocusableButton";
import { NO_NODE, nodeOrder, refusalOf, type NodeField } from "./new-node";

export function AddNode({ parent }: { parent: string }) {
  const words = useTranslation();
  const open = useConnected();
  const [draft, setDraft] = useState(NO_NODE);
  const [asked, setAsked] = useState(false);
  const [refused, setRefused] = useState<ReturnType<typeof refusalOf> | null>(null);
  const send = async () => {
    setAsked(true);
    try {
      const { name, port } = await addNode(nodeOrder(parent, draft));
      setDraft(NO_NODE);
      setRefused(null);
      notify("done", words.nodeAdded(name, parent, port));
    } catch (error) {
      if (!(error instanceof ActionError)) throw error;
      setRefused(refusalOf(error.problem, problemSaid(error.problem)));
    } finally {
      setAsked(false);
    }
  };
  const field = (name: NodeField) => (
    <TextInput
      label={words.newNode[name]}
      placeholder={words.newNode.chosen}
      value={draft[name]}
      error={refused?.field === name && <span role="alert">{refused.why}</span>}
      inputMode={name === "cpu" ? "numeric" : "text"}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => {
        setDraft({ ...draft, [name]: event.currentTarget.value });
        setRefused(null);
      }}
      data-testid={`new-node-${name}`}
    />
  );
  return (
    <details className="add-node" data-testid="add-node">
      <summary>{words.addBelow}</summary>
      <form
        className="group"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (open && !asked) void send();
        }}
      >
        {field("name")}
        <div className="pair even">
          {field("cpu")}
          {field("role")}
        </div>
        {refused?.field === null && <p className="refused" role="alert" data-testid="new-node-refused">{refused.why}</p>}
        <FocusableButton type="submit" variant="default" disabled={!open || asked} data-testid="new-node-add">{words.newNode.add}</FocusableButton>
      </form>
    </details>
  );
}
