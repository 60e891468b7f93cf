/** The glossary, searchable: the terms that the panels explain, and the further ones. What is searched for stands in the address. */
import { TextInput } from "@mantine/core";
import { useSpoken } from "../../i18n/spoken";
import { useGlossary } from "../../i18n/use-translation";
import { useWords } from "../../i18n/words";
import { text, type Parameters } from "../../state/parameters";
import { useQueryState, type QueryRules } from "../../state/query";
import { termsWith } from "./steps";
import { furtherTerms } from "./terms";
import { guideWords } from "./words";

interface Search {
  term: string | null;
}
const parameters: Parameters<Search> = { term: text };
const QUERY: QueryRules<Search> = { parameters, usual: { term: null }, places: [] };

export function Glossary() {
  const words = useWords(guideWords);
  const { language } = useSpoken();
  const all = { ...useGlossary(), ...useWords(furtherTerms) };
  const [{ term }, change] = useQueryState(QUERY);
  const found = termsWith(Object.entries(all).map(([id, entry]) => ({ id, ...entry })), term ?? "", language);
  return (
    <article className="guide-step">
      <h2>{words.glossary}</h2>
      <TextInput
        type="search"
        aria-label={words.search}
        placeholder={words.search}
        value={term ?? ""}
        onChange={(event) => { change({ term: event.currentTarget.value || null }); }}
        data-testid="glossary-search"
      />
      <p className="hint" role="status">{found.length > 0 ? words.terms(found.length) : words.noTerm}</p>
      <dl className="guide-terms" data-testid="guide-glossary">
        {found.map(({ id, term: name, meaning }) => (
          <div key={id}>
            <dt>{name}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </article>
  );
}
