/** Opens the counterexample that a link of `topowave check --open` names. */
import { useEffect, useRef } from "react";
import { useWords } from "../../../i18n/words";
import { SessionRefusal } from "../../../session/socket";
import { openLesson } from "./lesson";
import { lessonWords } from "./lesson-words";

export function useLessonLink(asked: boolean, say: (fault: string | null) => void): void {
  const { notRead } = useWords(lessonWords);
  const said = useRef(notRead);
  useEffect(() => { said.current = notRead; });
  useEffect(() => {
    if (!asked) return;
    let current = true;
    openLesson().then(
      () => { if (current) say(null); },
      (error: unknown) => { if (current) say(error instanceof SessionRefusal ? `${said.current}: ${error.problems.join(" ")}` : said.current); },
    );
    return () => { current = false; };
  }, [asked, say]);
}
