/** The drawer of one node: all its figures, and what can be done with it. */
import { letLeave, signal, tasks, wave } from "../actions/commands";
import { useEvery } from "../../../state/hooks";
import { MarkIcon } from "../../../graph/Legend";
import { neighboursOf } from "../../../graph/layout/graph";
import { NO_FORECAST } from "../../../api/balancing";
import { percent } from "../../../i18n/format";
import { useConnected, useLab } from "../../../state/lab-store";
import { say, toldOf } from "../../../i18n/say";
import { useTranslation } from "../../../i18n/use-translation";
import { showTasksOf } from "../tasks/show-tasks";
import { isLeaving, mayLeave } from "../../../state/deploy";
import { AddNode } from "./AddNode";
import { Facts } from "../../../theme/Facts";
import { NodeLinks } from "./NodeLinks";
import { PredictedLoad } from "./PredictedLoad";
import { rowsOf } from "./rows";
import { Term } from "../../../i18n/Term";
import { FocusableButton } from "../../../theme/FocusableButton";

const DETAIL_INTERVAL_MS = 250;

export function NodeDetail({ name }: { name: string }) {
  const words = useTranslation();
  const connected = useConnected();
  const lab = useEvery(DETAIL_INTERVAL_MS, useLab, (state) => state.lab);
  const node = lab?.network.indexOf.get(name);
  const row = lab && node !== undefined ? rowsOf(lab)[node] : undefined;
  if (!lab || node === undefined || !row) return null;
  const { network } = lab;
  const leaving = isLeaving(lab, name);
  const agent = network.agents[node] ?? null;
  const detail = words.nodeDetail;
  const nameOf = (index: number | undefined) => (index === undefined ? undefined : network.names[index]);
  const neighbours = neighboursOf(network.names.length, network.links)[node]?.map((near) => nameOf(near) ?? "") ?? [];
  const address = `http://${location.hostname}:${row.port}/docs`;
  const state = lab.nodes.state[node];
  const { forecast } = lab.settings;
  const turn = state === "failed" ? "start" : state === "stopped" ? "continue" : "stop";
  const turnText = { start: words.startAgain, continue: words.continue, stop: words.stop }[turn];
  const canTurn = turn !== "stop" || state === "up";
  return (
    <>
      <p className="detail-state" data-condition={row.condition} data-testid="detail-condition">
        <MarkIcon condition={row.condition} size={14} />
        {words.conditions[row.condition]}
      </p>
      {lab.nodes.bottleneck[node] === true && <p className="danger" data-testid="detail-bottleneck">{words.isBottleneck}</p>}
      {leaving && <p className="leaving-why" data-testid="detail-leaving">{words.leavingNode(say(lab.deploy.leaving[name] ?? "", (toldOf(lab.deploy.sentences, "leaving") as Record<string, unknown> | undefined)?.[name]))}</p>}
      <Facts
        facts={[
          [<Term key="load" id="load">{detail.load}</Term>, `${row.load} / ${row.cpu} (${percent(row.load / row.cpu)})`],
          ...(forecast === NO_FORECAST ? [] : [[detail.predicted, <PredictedLoad key="predicted" name={name} forecast={forecast} />] as const]),
          [detail.assigned, row.assigned],
          [detail.running, row.running],
          [detail.moving, lab.nodes.moving[node] ?? 0],
          [detail.completed, row.completed],
          [detail.failed, lab.nodes.failed[node] ?? 0],
          [detail.cancelled, lab.nodes.cancelled[node] ?? 0],
          [detail.restarts, row.restarts],
          [detail.cpu, words.cores(row.cpu)],
          [detail.port, row.port],
          [detail.role, network.roles[node] ?? ""],
          ...(agent === null ? [] : [[detail.agent, agent] as const]),
          [<Term key="parent" id="parent">{detail.parent}</Term>, nameOf(network.parents[node]) ?? detail.none],
          [detail.neighbours, neighbours.join(", ") || detail.none],
        ]}
      />
      <div className="buttons">
        <FocusableButton variant="default" disabled={false} onClick={() => { showTasksOf({ node: [name] }); }} data-testid="node-tasks">{words.showTasks}</FocusableButton>
        <FocusableButton variant="default" disabled={!connected} onClick={() => void tasks(name, 1)}>{words.addOne}</FocusableButton>
        <FocusableButton variant="default" disabled={!connected} onClick={() => void tasks(name, 10)}>{words.addTen}</FocusableButton>
        <FocusableButton variant="default" disabled={!connected} onClick={() => void wave("echo", name)}>{words.startHere}</FocusableButton>
        {/* One button, whatever it does now: who has pressed it is never left on the next one, which kills. */}
        <FocusableButton variant="default" disabled={!connected || !canTurn} onClick={() => void signal(name, turn)}>{turnText}</FocusableButton>
        {mayLeave(lab, node) && (
          <FocusableButton variant="default" disabled={!connected || leaving} onClick={() => void letLeave(name)} data-testid="let-leave">{words.letLeave}</FocusableButton>
        )}
        <FocusableButton variant="default" className="danger" disabled={!connected || !["up", "stopped", "inactive"].includes(state ?? "")} onClick={() => void signal(name, "kill")}>{words.kill}</FocusableButton>
      </div>
      <AddNode parent={name} />
      {state !== "foreign" && <NodeLinks name={name} network={network} />}
      <a href={address} target="_blank" rel="noreferrer">{detail.docs}</a>
    </>
  );
}
