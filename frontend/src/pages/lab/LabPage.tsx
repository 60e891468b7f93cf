/** The lab: stage in the middle, actions left, panels and drawer right, timeline below; tabs on a phone. */
import { Tabs } from "@mantine/core";
import { lazy, Suspense, useEffect, type KeyboardEvent, type ReactNode } from "react";
import { watchAddress } from "./address";
import { Actions } from "./actions/Actions";
import { GraphPane } from "../../graph/GraphPane";
import { Drawer, useDrawerTitle } from "./panels/Drawer";
import { EventsPanel } from "./panels/EventsPanel";
import { NodeMenu } from "./panels/NodeMenu";
import { NodesTable } from "./panels/NodesTable";
import { WavesPanel } from "./panels/WavesPanel";
import { TasksPanel } from "./tasks/TasksPanel";
import { watchWaves } from "../../playback/autoplay";
import { PlaybackBar } from "../../playback/PlaybackBar";
import { useTranslation } from "../../i18n/use-translation";
import { BarTools } from "./BarTools";
import { Help } from "./Help";
import { useLayout } from "./layout";
import { loadWithRetries } from "../../api/load-with-retries";
import { listen } from "./shortcuts";
import { useView, type Tab } from "../../state/view";

const Timeline = lazy(async () => ({ default: (await loadWithRetries(() => import("../../timeline/Timeline"))).Timeline }));

/** The drawing pans by arrow keys; arrows pressed in a panel belong to the panel. */
function keepArrows(event: KeyboardEvent) {
  if (event.key.startsWith("Arrow")) event.stopPropagation();
}

function Panels({ actions, timeline }: { actions: boolean; timeline: boolean }) {
  const words = useTranslation();
  const tab = useView((view) => view.tab);
  const title = useDrawerTitle();
  // What the drawer covers is out of reach until it is closed.
  const covered = title !== null;
  const all: [Tab, string, ReactNode][] = [
    ...(actions ? [["actions", words.actionsTab, <Actions key="actions" />] satisfies [Tab, string, ReactNode]] : []),
    ["nodes", words.nodesTab, <NodesTable key="nodes" />],
    ["waves", words.wavesTab, <WavesPanel key="waves" />],
    ["tasks", words.tasksTab, <TasksPanel key="tasks" />],
    ["events", words.eventsTab, <EventsPanel key="events" />],
    ...(timeline
      ? [["timeline", words.timelineTab, <Suspense key="timeline" fallback={null}><Timeline /></Suspense>] satisfies [Tab, string, ReactNode]]
      : []),
  ];
  const shown = all.some(([id]) => id === tab) ? tab : "nodes";
  return (
    <Tabs className="panels" value={shown} onChange={(value) => { useView.setState({ tab: value as Tab }); }} keepMounted={false}>
      <Tabs.List grow inert={covered}>
        {all.map(([id, label]) => <Tabs.Tab key={id} value={id} data-testid={`tab-${id}`}>{label}</Tabs.Tab>)}
      </Tabs.List>
      {all.map(([id, , panel]) => <Tabs.Panel key={id} value={id} className="panel" inert={covered}>{panel}</Tabs.Panel>)}
      {title !== null && <Drawer title={title} />}
    </Tabs>
  );
}

export default function LabPage() {
  const words = useTranslation();
  const { layout, timelineBelow } = useLayout();
  const stage = useView((view) => view.stage);
  useEffect(() => {
    const stops = [watchWaves(), watchAddress(), listen()];
    return () => { for (const stop of stops) stop(); };
  }, []);
  useEffect(() => {
    document.documentElement.dataset.stage = String(stage);
    return () => { delete document.documentElement.dataset.stage; };
  }, [stage]);
  return (
    <div className="lab" data-stage={stage} data-layout={layout} data-timeline={timelineBelow}>
      <BarTools />
      <div className="body">
        {layout === "wide" && !stage && <div className="left" onKeyDown={keepArrows}><Actions /></div>}
        <div className="main">
          <div className="middle">
            <main className="centre" aria-label={words.network}>
              <GraphPane />
              <div onKeyDown={keepArrows}><PlaybackBar /></div>
            </main>
            {!stage && <section className="right" aria-label={words.panels} onKeyDown={keepArrows}><Panels actions={layout !== "wide"} timeline={!timelineBelow} /></section>}
          </div>
          {timelineBelow && !stage && <Suspense fallback={<div className="timeline" />}><Timeline /></Suspense>}
        </div>
      </div>
      <NodeMenu />
      <Help />
    </div>
  );
}
