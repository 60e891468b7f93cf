/** A word of the textbook that shows its definition when pointed at, focused or touched. */
import { Tooltip } from "@mantine/core";
import type { ReactNode } from "react";
import type { TermId } from "./glossary/terms";
import { useGlossary } from "./use-translation";

export function Term({ id, children }: { id: TermId; children?: ReactNode }) {
  const { term, meaning } = useGlossary()[id];
  return (
    <Tooltip label={meaning} multiline w={280} withArrow events={{ hover: true, focus: true, touch: true }}>
      <span className="term" tabIndex={0} role="note" aria-label={`${term}: ${meaning}`}>{children ?? term}</span>
    </Tooltip>
  );
}
