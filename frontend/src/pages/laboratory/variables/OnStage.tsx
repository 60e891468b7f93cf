/** Which variables stand beside the nodes, and which one colours them. */
import { Checkbox, NativeSelect } from "@mantine/core";
import { useWords } from "../../../i18n/words";
import { useSession } from "../session";
import { useChosen } from "./beside";
import { variablesWords } from "./variables-words";

export function OnStage() {
  const words = useWords(variablesWords);
  const { shown, colour } = useChosen();
  const known = useSession((state) => state.variables);
  if (known.length === 0) return null;
  const chosen = known.filter((name) => shown.includes(name));
  return (
    <>
      <details data-testid="variables-beside">
        <summary>{words.onStage}{chosen.length > 0 && `: ${chosen.join(", ")}`}</summary>
        <Checkbox.Group value={[...shown]} onChange={(value) => { useChosen.setState({ shown: value }); }} aria-label={words.onStage}>
          <div className="variables-beside">{known.map((name) => <Checkbox key={name} size="sm" value={name} label={name} />)}</div>
        </Checkbox.Group>
      </details>
      <NativeSelect
        size="xs" label={words.colour} value={colour ?? ""} data={[{ value: "", label: words.none }, ...known]}
        onChange={(event) => { useChosen.setState({ colour: event.currentTarget.value || null }); }} data-testid="variables-colour"
      />
    </>
  );
}
