/** A text of the guide: its terms show their meanings when pointed at. */
import { Term } from "../../i18n/Term";
import type { TermId } from "../../i18n/glossary/terms";
import { useGlossary } from "../../i18n/use-translation";
import { pieces } from "./steps";

export function GuideText({ text }: { text: string }) {
  const glossary = useGlossary();
  const isTerm = (id: string): id is TermId => Object.hasOwn(glossary, id);
  return (
    <p>
      {pieces(text).map(({ text: said, term }, place) =>
        term !== null && isTerm(term) ? <Term key={place} id={term}>{said}</Term> : <span key={place}>{said}</span>)}
    </p>
  );
}
