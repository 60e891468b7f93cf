/** The fields of the chosen node and its links; what is written there is a step once the field is left, or at Enter. */
import { ActionIcon, Button, NativeSelect, TextInput } from "@mantine/core";
import { Fragment, useState, type KeyboardEvent, type Ref } from "react";
import { useWords } from "../../i18n/words";
import { Icon } from "../../theme/Icon";
import { isName, rolesIn } from "./problems";
import { areLinked, joins, linkedWith, nodeOf, type Drawn, type DrawnNode } from "./network";
import { roleByPlace } from "./topology-file";
import { treeOf } from "./tree";
import { change, chooseNode, delay, join, part, remove, root } from "./store";
import { workshopWords } from "./words";

interface FieldProps {
  label: string;
  value: string;
  take: (value: string) => void;
  description?: string;
  placeholder?: string | undefined;
  /** What is wrong with what is written, in a sentence; null where nothing is. */
  fault?: (value: string) => string | null;
  whole?: boolean;
  /** Its label is only read out. */
  bare?: boolean;
  input?: Ref<HTMLInputElement>;
  part?: string;
}

/** A field that is taken when it is left; Escape has the old value back. */
function Field({ label, value, take, description, placeholder, fault, whole = false, bare = false, input, part: testid }: FieldProps) {
  const [edited, setEdited] = useState<{ of: string; text: string } | null>(null);
  // What was changed elsewhere meanwhile, by a step back for example, is what counts.
  const written = edited?.of === value ? edited.text : value;
  const done = () => {
    setEdited(null);
    if (written !== value) take(written);
  };
  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Enter") done();
    if (event.key === "Escape") setEdited(null);
  };
  return (
    <TextInput
      ref={input} {...(bare ? { "aria-label": label, title: label } : { label })} description={description} placeholder={placeholder} value={written} error={fault?.(written)} inputMode={whole ? "numeric" : undefined}
      onChange={(event) => { setEdited({ of: value, text: event.currentTarget.value }); }} onBlur={done} onKeyDown={press} data-testid={testid}
    />
  );
}

const numberIn = (written: string): number => (written.trim() === "" ? Number.NaN : Number(written));
const shown = (value: number): string => (Number.isFinite(value) ? String(value) : "");

function Links({ drawn, node }: { drawn: Drawn; node: DrawnNode }) {
  const words = useWords(workshopWords);
  const [other, setOther] = useState("");
  const near = linkedWith(drawn, node.id);
  const free = drawn.nodes.filter(({ id }) => id !== node.id && !areLinked(drawn, id, node.id));
  const target = free.find(({ id }) => String(id) === other);
  return (
    <>
      <h3>{words.links}</h3>
      {near.length === 0 && <p className="hint">{words.noLinks}</p>}
      <ul className="workshop-links">
        {near.map(({ id, name }) => {
          const link = drawn.links.find((each) => joins(each, id, node.id));
          return (
            <li key={id}>
              <span>{name}</span>
              {link?.tree === true && (
                <Field
                  label={words.delay(name)} bare placeholder={words.delayShort} value={link.delay === null ? "" : shown(link.delay)} whole
                  take={(value) => { delay(node.id, id, value.trim() === "" ? null : numberIn(value)); }}
                />
              )}
              <ActionIcon variant="default" aria-label={words.unlinkFrom(name)} title={words.unlinkFrom(name)} onClick={() => { part(node.id, id); }}><Icon name="close" /></ActionIcon>
            </li>
          );
        })}
      </ul>
      {free.length > 0 && (
        <div className="workshop-pair">
          <NativeSelect
            label={words.linkTo} value={target ? other : ""} onChange={(event) => { setOther(event.currentTarget.value); }} data-testid="workshop-link-to"
            data={[{ value: "", label: words.chooseOne }, ...free.map(({ id, name }) => ({ value: String(id), label: name }))]}
          />
          <Button
            variant="default" disabled={!target} data-testid="workshop-link-now"
            onClick={() => { if (!target) return; join(node.id, target.id); chooseNode(node.id); setOther(""); }}
          >
            {words.linkNow}
          </Button>
        </div>
      )}
    </>
  );
}

export function NodeForm({ drawn, id, name }: { drawn: Drawn; id: number | null; name: Ref<HTMLInputElement> }) {
  const words = useWords(workshopWords);
  const node = nodeOf(drawn, id);
  const branch = treeOf(drawn).find((each) => each.node === node);
  return (
    <section className="workshop-form" data-testid="workshop-node" aria-label={words.node}>
      <h2>{words.node}</h2>
      {!node && <p className="hint">{words.noneChosen}</p>}
      {node && (
        <Fragment key={node.id}>
          <Field
            label={words.name} value={node.name} input={name} part="workshop-name" fault={(value) => (isName(value) ? null : words.problems.name(value))}
            take={(value) => { change(node.id, { name: value }); }}
          />
          <div className="workshop-pair">
            <Field label={words.cpu} value={shown(node.cpu)} whole part="workshop-cpu" take={(value) => { change(node.id, { cpu: numberIn(value) }); }} />
            <Field label={words.port} value={shown(node.port)} whole part="workshop-port" take={(value) => { change(node.id, { port: numberIn(value) }); }} />
          </div>
          <Field
            label={words.role} value={node.role} placeholder={branch && roleByPlace(branch)} part="workshop-role" take={(value) => { change(node.id, { role: value }); }}
          />
          <Field
            label={words.roles} description={words.rolesHint} value={node.roles.join(", ")} part="workshop-roles"
            take={(value) => { change(node.id, { roles: rolesIn(value) }); }}
          />
          <div className="workshop-acts">
            {branch?.parent === null ? <p className="hint">{words.isRoot}</p> : <Button size="compact-sm" variant="default" onClick={() => { root(node.id); }}>{words.makeRoot}</Button>}
            <Button size="compact-sm" variant="default" onClick={() => { remove(node.id); }}>{words.removeNode(node.name)}</Button>
          </div>
          <Links drawn={drawn} node={node} />
        </Fragment>
      )}
    </section>
  );
}
