/** Looks into a run: the network and its space-time diagram under one cursor, to and fro, step by step. */
import { Button, Switch } from "@mantine/core";
import { useEffect, useState, type DragEvent } from "react";
import { useLocation, useSearchParams } from "wouter";
import { ActionError } from "../../api/rest";
import { say } from "../../i18n/say";
import { useWords } from "../../i18n/words";
import { listen } from "./keys";
import "./laboratory.css";
import { Opening, OpenButton } from "./Opening";
import { SaveMenu } from "./export/SaveMenu";
import { keepPlace, placeIn } from "./address";
import { codeWords } from "./code/code-words";
import { SessionCode } from "./code/SessionCode";
import { leaveHeld, openHeld } from "./held/held";
import { useLessonLink } from "./lessons/use-lesson-link";
import { lockstepWords } from "./lockstep/lockstep-words";
import { setSecond, useSecond } from "./lockstep/second";
import { SecondRun } from "./lockstep/SecondRun";
import { openFile, openWave } from "./opening";
import { Run } from "./Run";
import { goOn, leave, useSession } from "./session";
import { close, useLaboratory, type Opened } from "./store";
import { laboratoryWords } from "./words";

export default function LaboratoryPage() {
  const words = useWords(laboratoryWords);
  const opened = useLaboratory((state) => state.opened);
  const stepped = useSession((state) => state.about !== null);
  const codeSaid = useWords(codeWords);
  const lockstep = useWords(lockstepWords);
  const second = useSecond((state) => state.on);
  const [withCode, setWithCode] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const [search] = useSearchParams();
  const [, navigate] = useLocation();
  const asked = search.get("trace");
  const byHand = search.get("hold");
  useEffect(listen, []);
  useEffect(() => leave, []);
  useEffect(() => {
    if (asked === null && byHand === null) {
      void goOn();
      return;
    }
    let current = true;
    (byHand === null ? openWave(asked ?? "", placeIn(location.search)) : openHeld(byHand)).then(
      () => { if (current) setFault(null); },
      (error: unknown) => {
        if (!current) return;
        close();
        setFault(error instanceof ActionError ? `${words.notRead}: ${say(error.problem.detail || error.problem.title, error.problem)}` : words.notRead);
      },
    );
    return () => {
      current = false;
      leaveHeld();
    };
  }, [asked, byHand, words]);
  useEffect(() => keepPlace(asked), [asked]);
  useLessonLink(search.get("lesson") !== null, setFault);
  const take = (file: File) => { void openFile(file, words).then((problem) => { setFault(problem === null ? null : `${words.refused.title}: ${problem}`); }); };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    const [file] = event.dataTransfer.files;
    if (file) take(file);
  };
  const tools = (
    <>
      {stepped && <Switch size="xs" label={codeSaid.code} checked={withCode} onChange={(event) => { setWithCode(event.currentTarget.checked); }} data-testid="run-code" />}
      {opened && <Switch size="xs" label={lockstep.beside} checked={second} onChange={(event) => { setSecond(event.currentTarget.checked); }} data-testid="run-second" />}
      {opened && <SaveMenu opened={opened} served />}
      <OpenButton take={take} quiet />
      <Button variant="default" onClick={() => { leave(); close(); navigate("/lab"); }} data-testid="run-close">{words.other}</Button>
    </>
  );
  const besides = (shown: Opened) => {
    if (second) return <SecondRun opened={shown} />;
    return stepped && withCode ? <SessionCode /> : undefined;
  };
  return (
    <main className="laboratory" aria-label={words.title} tabIndex={-1} onDragOver={(event) => { event.preventDefault(); }} onDrop={drop}>
      {fault !== null && <p className="danger run-fault" role="alert" data-testid="run-fault">{fault}</p>}
      {opened ? <Run opened={opened} tools={tools} beside={besides(opened)} /> : <Opening take={take} />}
    </main>
  );
}
