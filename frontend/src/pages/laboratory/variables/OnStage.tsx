/** Which variables stand beside the nodes, and which one colours them. */
import { MultiSelect, NativeSelect } from "@mantine/core";
import { useWords } from "../../../i18n/words";
import { useSession } from "../session";
import { useChosen } from "./beside";
import { variablesWords } from "./variables-words";

export function OnStage() {
  const words = useWords(variablesWords);
  const { shown, colour } = useChosen();
  const known = useSession((state) => state.variables);
  if (known.length === 0) return null;
  return (
    <>
      <MultiSelect size="xs" label={words.onStage} data={[...known]} value={[...shown]} onChange={(value) => { useChosen.setState({ shown: value }); }} data-testid="variables-beside" />
      <NativeSelect
        size="xs" label={words.colour} value={colour ?? ""} data={[{ value: "", label: words.none }, ...known]}
        onChange={(event) => { useChosen.setState({ colour: event.currentTarget.value || null }); }} data-testid="variables-colour"
      />
    </>
  );
}
