/** A run: the network and its space-time diagram under one cursor, with what is chosen of them. */
import { ActionIcon, NativeSelect, SegmentedControl, Switch } from "@mantine/core";
import { useMemo, useState, type ReactNode } from "react";
import { useShallow } from "zustand/react/shallow";
import { useWords } from "../../i18n/words";
import { coneOf } from "../../spacetime/causality";
import type { Layout } from "../../spacetime/layout";
import type { Pointed } from "../../spacetime/pointing";
import { SpaceTime } from "../../spacetime/SpaceTime";
import { COLUMN_PX } from "../../spacetime/view";
import { Icon } from "../../theme/Icon";
import { Controls } from "./Controls";
import { Inspector } from "./Inspector";
import "./laboratory.css";
import { causers, choose, chosenFor, layOutChosen, useLanes } from "./lanes/lanes";
import { LanesMenu } from "./lanes/LanesMenu";
import { lanesWords } from "./lanes/lanes-words";
import { useAbsent, useLesson } from "./lessons/lesson";
import { RightDiagram } from "./lessons/RightDiagram";
import { Predict } from "./predict/Predict";
import { predictWords } from "./predict/predict-words";
import { predict, usePrediction } from "./predict/store";
import { Stage } from "./Stage";
import { coneAt, goTo, open, useLaboratory, type Opened, type Shown } from "./store";
import { Carried } from "./variables/Carried";
import { laboratoryWords } from "./words";

function Toolbar({ opened, layout, tools }: { opened: Opened; layout: Layout; tools: ReactNode }) {
  const words = useWords(laboratoryWords);
  const { across, down, shown, coneOnly } = useLaboratory(useShallow((state) => ({ across: state.across, down: state.down, shown: state.shown, coneOnly: state.coneOnly })));
  const asking = useWords(predictWords);
  const predicting = usePrediction((state) => state.on);
  const zoom = (factor: number) => {
    useLaboratory.setState(({ column }) => ({ column: Math.min(COLUMN_PX.most, Math.max(COLUMN_PX.least, column * factor)) }));
  };
  return (
    <header className="run-tools">
      <h2 className="run-title" title={opened.source}>{opened.recording.title} <span className="hint">{opened.source}</span></h2>
      {opened.waves.length > 1 && (
        <NativeSelect
          aria-label={words.wave}
          value={opened.wave}
          data={opened.waves.map(({ id }) => id)}
          onChange={(event) => { open(opened.source, opened.waves, event.currentTarget.value); }}
        />
      )}
      <SegmentedControl<Shown>
        size="xs"
        aria-label={words.view}
        value={shown}
        onChange={(value) => { useLaboratory.setState({ shown: value }); }}
        data={[{ value: "split", label: words.split }, { value: "stage", label: words.stage }, { value: "diagram", label: words.diagram }]}
      />
      <NativeSelect
        aria-label={words.across}
        value={across}
        data={[{ value: "depth", label: `${words.across}: ${words.byDepth}` }, { value: "time", label: `${words.across}: ${words.byTime}` }]}
        onChange={(event) => { useLaboratory.setState({ across: event.currentTarget.value === "time" ? "time" : "depth" }); }}
      />
      <NativeSelect
        aria-label={words.down}
        value={down}
        data={[{ value: "network", label: `${words.down}: ${words.byNetwork}` }, { value: "awaking", label: `${words.down}: ${words.byAwaking}` }]}
        onChange={(event) => { useLaboratory.setState({ down: event.currentTarget.value === "awaking" ? "awaking" : "network" }); choose(opened.index.run.recording.network, { order: null }); }}
      />
      {shown !== "stage" && <LanesMenu opened={opened} layout={layout} />}
      <Switch size="xs" label={words.cone} checked={coneOnly} onChange={(event) => { useLaboratory.setState({ coneOnly: event.currentTarget.checked }); }} data-testid="run-cone" />
      <Switch size="xs" label={asking.predict} checked={predicting} onChange={(event) => { predict(event.currentTarget.checked); }} data-testid="run-predict" />
      <ActionIcon.Group>
        <ActionIcon variant="default" aria-label={words.narrower} title={words.narrower} onClick={() => { zoom(1 / COLUMN_PX.step); }}><Icon name="minus" /></ActionIcon>
        <ActionIcon variant="default" aria-label={words.wider} title={words.wider} onClick={() => { zoom(COLUMN_PX.step); }}><Icon name="plus" /></ActionIcon>
      </ActionIcon.Group>
      {tools}
    </header>
  );
}

/**
 * A run.
 *
 * @param tools are those of whoever shows it: to open another one, to take this one along.
 * @param beside is what stands beside the pictures, such as the code; none for `undefined`.
 */
export function Run({ opened, tools, beside }: { opened: Opened; tools: ReactNode; beside?: ReactNode }) {
  const words = useWords(laboratoryWords);
  const { position, across, down, shown, coneOnly, hovered, column } = useLaboratory();
  const [pointed, setPointed] = useState<Pointed | null>(null);
  const secret = usePrediction((state) => state.on);
  const { index } = opened;
  const { run } = index;
  const looked = hovered ?? (coneOnly ? position : null);
  const focus = useMemo(() => (looked === null ? null : { step: looked, cone: coneAt(opened, looked) }), [opened, looked]);
  const lanesSaid = useWords(lanesWords);
  const chosen = useLanes();
  const lanes = useMemo(() => chosenFor(chosen, run.recording.network), [chosen, run]);
  const causing = useMemo(() => (lanes.causes ? causers(run, coneOf(run, position)) : null), [lanes.causes, run, position]);
  const layout = useMemo(() => layOutChosen(index, across, down, lanes, causing), [index, across, down, lanes, causing]);
  const absent = useAbsent(opened);
  const right = useLesson((state) => (state.rightShown ? state.right : null));
  const about = words.about(run.recording.network.names.length, run.steps.length, run.flights.length);
  return (
    <>
      <Toolbar opened={opened} layout={layout} tools={tools} />
      <div className="run-body" data-shown={shown} data-beside={beside !== undefined}>
        {shown !== "diagram" && <Stage opened={opened} position={position} />}
        {shown !== "stage" && right && <RightDiagram right={right} position={position} column={column} />}
        {shown !== "stage" && !right && (
          <SpaceTime
            run={run} layout={layout} position={position} focus={focus} secret={secret} column={column} about={about} choose={goTo} absent={absent} together={lanesSaid.together(layout.together.length)} point={setPointed}
            look={(step) => { if (step !== useLaboratory.getState().hovered) useLaboratory.setState({ hovered: step }); }}
          />
        )}
        {beside}
        <Inspector opened={opened} position={position} />
      </div>
      {pointed && shown !== "stage" && <Carried run={run} pointed={pointed} />}
      <Predict opened={opened} />
      <Controls opened={opened} position={position} />
    </>
  );
}
