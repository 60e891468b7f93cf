/** The drawer of one node: all its figures, and what can be done with it. */
import { Button } from "@mantine/core";
import { signal, tasks, wave } from "../actions/commands";
import { useEvery } from "../../../state/hooks";
import { MarkIcon } from "../../../graph/Legend";
import { neighboursOf } from "../../../graph/layout/graph";
import { percent } from "../../../i18n/format";
import { useLab } from "../../../state/lab-store";
import { useTranslation } from "../../../i18n/use-translation";
import { Facts } from "./Facts";
import { rowsOf } from "./rows";
import { Term } from "../../../i18n/Term";
import { FocusableButton } from "../../../theme/FocusableButton";

const DETAIL_INTERVAL_MS = 250;

export function NodeDetail({ name }: { name: string }) {
  const words = useTranslation();
  const lab = useEvery(DETAIL_INTERVAL_MS, useLab, (state) => state.lab);
  const node = lab?.network.indexOf.get(name);
  const row = lab && node !== undefined ? rowsOf(lab)[node] : undefined;
  if (!lab || node === undefined || !row) return null;
  const { network } = lab;
  const detail = words.nodeDetail;
  const nameOf = (index: number | undefined) => (index === undefined ? undefined : network.names[index]);
  const neighbours = neighboursOf(network.names.length, network.links)[node]?.map((near) => nameOf(near) ?? "") ?? [];
  const address = `http://${location.hostname}:${row.port}/docs`;
  const state = lab.nodes.state[node];
  return (
    <>
      <p className="detail-state" data-condition={row.condition} data-testid="detail-condition">
        <MarkIcon condition={row.condition} size={14} />
        {words.conditions[row.condition]}
      </p>
      <Facts
        facts={[
          [<Term key="load" id="load">{detail.load}</Term>, `${row.load} / ${row.cpu} (${percent(row.load / row.cpu)})`],
          [detail.queued, row.queued],
          [detail.running, row.running],
          [detail.moving, lab.nodes.moving[node] ?? 0],
          [detail.done, row.done],
          [detail.failed, lab.nodes.failed[node] ?? 0],
          [detail.cancelled, lab.nodes.cancelled[node] ?? 0],
          [detail.restarts, row.restarts],
          [detail.cpu, words.cores(row.cpu)],
          [detail.port, row.port],
          [detail.role, network.roles[node] ?? ""],
          [<Term key="parent" id="parent">{detail.parent}</Term>, nameOf(network.parents[node]) ?? detail.none],
          [detail.neighbours, neighbours.join(", ") || detail.none],
        ]}
      />
      <div className="buttons">
        <Button variant="default" onClick={() => void tasks(name, 1)}>{words.addOne}</Button>
        <Button variant="default" onClick={() => void tasks(name, 10)}>{words.addTen}</Button>
        <Button variant="default" onClick={() => void wave("echo", name)}>{words.startHere}</Button>
        {state === "stopped" ? (
          <FocusableButton variant="default" disabled={false} onClick={() => void signal(name, "continue")}>{words.continue}</FocusableButton>
        ) : (
          <FocusableButton variant="default" disabled={state !== "up"} onClick={() => void signal(name, "stop")}>{words.stop}</FocusableButton>
        )}
        {state === "failed" && <Button variant="default" onClick={() => void signal(name, "start")}>{words.startAgain}</Button>}
        <FocusableButton variant="default" className="danger" disabled={state !== "up" && state !== "stopped"} onClick={() => void signal(name, "kill")}>{words.kill}</FocusableButton>
      </div>
      <a href={address} target="_blank" rel="noreferrer">{detail.docs}</a>
    </>
  );
}
