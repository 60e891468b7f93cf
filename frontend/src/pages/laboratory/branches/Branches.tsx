/** The branches of a session: which there are, what they are called, where two of them differ. */
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useState, type SubmitEvent } from "react";
import { useWords, type Same } from "../../../i18n/words";
import type { Difference, Fields, SessionBranch } from "../../../session/forms";
import { messageKind } from "../../../spacetime/recording";
import { compare, rename, switchTo, undo, useSession } from "../session";
import { sessionWords } from "../session-words";
import { laboratoryWords, type LaboratoryWords } from "../words";
import "./branches.css";
import { branchesWords, type BranchesWords } from "./branches-words";
import { listed } from "./tree";

/** The longest name that a branch may have (characters). */
const LONGEST_NAME = 80;

/** What a branch is called; the names that nobody has given are in the language of the page. */
export function branchName({ name }: Pick<SessionBranch, "name">, words: Same<BranchesWords>): string {
  if (name === "main") return words.main;
  const number = /^branch (\d+)$/.exec(name)?.[1];
  return number === undefined ? name : words.branch(number);
}

/** A row of an event in words. */
export function rowSaid({ event, node, peer, message, kind }: Fields, words: Same<BranchesWords>, { narrate }: Same<LaboratoryWords>): string {
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  const [own, other] = [text(node), text(peer)];
  const what = messageKind(message) || narrate.message;
  switch (event) {
    case "send": return words.sends(own, what, other);
    case "decide": return words.decides(own);
    case "join": return words.joins(own);
    case "receive": return narrate.receive(own, what, other);
    case "timer": return narrate.timer(own, text(kind));
    case "start": case "crash": case "restart": return narrate[event](own);
    case "down": case "drop": case "late": case "cut": case "mend": return narrate[event](own, other);
    case "partition": case "heal": return narrate[event];
    default: return String(event);
  }
}

function Rename({ branch, done }: { branch: SessionBranch; done: () => void }) {
  const words = useWords(branchesWords);
  const [name, setName] = useState(() => branchName(branch, words));
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void rename(branch.id, name.trim()).then(done);
  };
  return (
    <form className="branch-rename" onSubmit={submit}>
      <TextInput size="xs" aria-label={words.name} value={name} maxLength={LONGEST_NAME} autoFocus onChange={(event) => { setName(event.currentTarget.value); }} data-testid="branch-name" />
      <Button size="compact-sm" variant="default" type="submit" disabled={name.trim() === ""}>{words.keep}</Button>
    </form>
  );
}

function Compared({ branches }: { branches: readonly SessionBranch[] }) {
  const words = useWords(branchesWords);
  const run = useWords(laboratoryWords);
  const [one, setOne] = useState(0);
  const [other, setOther] = useState(() => branches.at(-1)?.id ?? 0);
  const [found, setFound] = useState<Difference | "none" | null>(null);
  const data = branches.map((branch) => ({ value: String(branch.id), label: branchName(branch, words) }));
  const sides = [{ label: words.one, value: one, set: setOne }, { label: words.other, value: other, set: setOther }];
  const nameOf = (id: number) => data.find(({ value }) => value === String(id))?.label ?? "";
  return (
    <details>
      <summary>{words.compare}</summary>
      {sides.map(({ label, value, set }) => (
        <NativeSelect
          key={label} size="xs" label={label} value={String(value)} data={data}
          onChange={(event) => {
            set(Number(event.currentTarget.value));
            setFound(null);
          }}
        />
      ))}
      <Button size="compact-sm" variant="default" onClick={() => void compare(one, other).then((difference) => { setFound(difference ?? "none"); })} data-testid="branch-compare">{words.compare}</Button>
      {found === "none" && <p className="hint" role="status">{words.same}</p>}
      {found !== null && found !== "none" && (
        <div data-testid="branch-difference" role="status">
          <p>{words.differ(found.position)}</p>
          <div className="branch-sides">
            {([[one, found.one], [other, found.other]] as const).map(([id, rows], side) => (
              <section key={side} aria-label={nameOf(id)}>
                <h3>{nameOf(id)}</h3>
                {rows.length === 0 && <p className="hint">{words.ended}</p>}
                {rows.map((row, at) => <p key={at}>{rowSaid(row, words, run)}</p>)}
              </section>
            ))}
          </div>
        </div>
      )}
    </details>
  );
}

export function Branches() {
  const words = useWords(branchesWords);
  const session = useWords(sessionWords);
  const { here, branches, differs, recorded } = useSession();
  const [named, setNamed] = useState<number | null>(null);
  if (here === null || branches.length === 0) return null;
  const changed = branches.length > 1 || branches.some(({ acts }) => acts.length > 0);
  return (
    <section className="branches" aria-label={words.title}>
      {changed && !recorded && <Button size="compact-sm" variant="default" onClick={() => void undo()} data-testid="session-undo">{words.undo}</Button>}
      {branches.length > 1 && (
        <>
          <h2>{words.title}</h2>
          <ul className="branch-tree" data-testid="session-branches">
            {listed(branches).map(({ branch, level }) => (
              <li key={branch.id} style={{ paddingInlineStart: `${level * 0.9}rem` }}>
                {named === branch.id ? <Rename branch={branch} done={() => { setNamed(null); }} /> : (
                  <>
                    <Button size="compact-sm" variant={branch.id === here.branch ? "filled" : "default"} aria-pressed={branch.id === here.branch} onClick={() => { if (branch.id !== here.branch) void switchTo(branch.id); }}>{branchName(branch, words)}</Button>
                    {!recorded && <Button size="compact-sm" variant="subtle" aria-label={`${words.rename}: ${branchName(branch, words)}`} onClick={() => { setNamed(branch.id); }}>{words.rename}</Button>}
                    {branch.parent !== null && <span className="hint">{words.from(branch.fork + 1)}</span>}
                  </>
                )}
              </li>
            ))}
          </ul>
          {differs !== null && <p className="hint">{session.differs(differs)}</p>}
          <Compared key={branches.length} branches={branches} />
        </>
      )}
    </section>
  );
}
