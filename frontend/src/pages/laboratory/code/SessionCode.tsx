/** The code of the class that a session runs, at the step of the cursor. */
import { useEffect, useState } from "react";
import type { ClassCode, LinesRun } from "../../../session/forms";
import { inquire, positionAt, useSession } from "../session";
import { useLaboratory } from "../store";
import { CodePane } from "./CodePane";

/** Which lines ran is asked for once the cursor has stood still for so long. */
const SETTLED_MS = 80;

export function SessionCode() {
  const position = useLaboratory((state) => state.position);
  const about = useSession((state) => state.about);
  const branch = useSession((state) => state.here?.branch ?? 0);
  const [code, setCode] = useState<ClassCode | null>(null);
  const [run, setRun] = useState<LinesRun | null>(null);
  useEffect(() => {
    let current = true;
    void inquire("code").then((found) => { if (current) setCode(found); });
    return () => { current = false; };
  }, [about]);
  const event = positionAt(position);
  useEffect(() => {
    if (event === 0) return;
    let current = true;
    const settled = setTimeout(() => void inquire("lines", { event }).then((found) => { if (current) setRun(found); }), SETTLED_MS);
    return () => {
      current = false;
      clearTimeout(settled);
    };
  }, [event, branch, about]);
  return code === null ? null : <CodePane code={code} run={event === 0 ? null : run} />;
}
