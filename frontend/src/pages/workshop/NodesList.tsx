/** All nodes in a table: the same as the drawing, for whoever reads rather than looks. */
import { useMemo } from "react";
import { count } from "../../i18n/format";
import { useWords } from "../../i18n/words";
import type { Drawn } from "./network";
import { chooseNode } from "./store";
import { workshopWords } from "./words";

export function NodesList({ drawn, chosen }: { drawn: Drawn; chosen: number | null }) {
  const words = useWords(workshopWords);
  const near = useMemo(() => {
    const names = new Map(drawn.nodes.map(({ id, name }) => [id, name]));
    const found = new Map<number, string[]>();
    for (const { a, b } of drawn.links) {
      found.set(a, [...(found.get(a) ?? []), names.get(b) ?? ""]);
      found.set(b, [...(found.get(b) ?? []), names.get(a) ?? ""]);
    }
    return found;
  }, [drawn]);
  if (drawn.nodes.length === 0) return null;
  return (
    <section className="workshop-list">
      <h2>{words.list}</h2>
      <table data-testid="workshop-list">
        <thead><tr><th scope="col">{words.name}</th><th scope="col">{words.cpu}</th><th scope="col">{words.role}</th><th scope="col">{words.neighbours}</th></tr></thead>
        <tbody>
          {drawn.nodes.map(({ id, name, cpu, role, roles }) => (
            <tr key={id} data-chosen={id === chosen}>
              <th scope="row"><button type="button" className="quiet" aria-pressed={id === chosen} aria-label={words.choose(name)} onClick={() => { chooseNode(id); }}>{name}</button></th>
              <td>{Number.isFinite(cpu) ? count(cpu) : ""}</td>
              <td>{[role, ...roles].filter((each) => each !== "").join(", ")}</td>
              <td>{(near.get(id) ?? [words.nobody]).join(", ")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
