/** Chooses the lanes of the space-time diagram: which nodes have one of their own, and in which order. */
import { ActionIcon, Button, Checkbox, Popover, TextInput } from "@mantine/core";
import { useEffect, useRef, type KeyboardEvent } from "react";
import { useWords } from "../../../i18n/words";
import type { Layout } from "../../../spacetime/layout";
import { Icon } from "../../../theme/Icon";
import { useLaboratory, type Opened } from "../store";
import { choose, chosenFor, isFound, moved, orderOf, showAll, toggled, useLanes } from "./lanes";
import { lanesWords } from "./lanes-words";
import "./lanes.css";

/** Nodes that are listed; the search finds the rest. */
const LISTED = 100;
const LONGEST_SEARCH = 60;

export function LanesMenu({ opened, layout }: { opened: Opened; layout: Layout }) {
  const words = useWords(lanesWords);
  const { network } = opened.index.run.recording;
  const own = layout.lanes.length;
  const all = network.names.length;
  return (
    <Popover position="bottom-end" width="min(22rem, 92vw)" withinPortal={false} trapFocus>
      <Popover.Target>
        <Button variant="default" data-testid="lanes">{own < all ? words.some(own, all) : words.title}</Button>
      </Popover.Target>
      <Popover.Dropdown className="lanes"><Choice opened={opened} /></Popover.Dropdown>
    </Popover>
  );
}

function Choice({ opened }: { opened: Opened }) {
  const words = useWords(lanesWords);
  const list = useRef<HTMLUListElement>(null);
  /** The button that keeps the focus when its row has moved. */
  const pressed = useRef<string | null>(null);
  const down = useLaboratory((state) => state.down);
  const { index } = opened;
  const { network } = index.run.recording;
  const chosen = chosenFor(useLanes(), network);
  const order = orderOf(index, down, chosen);
  const found = order.filter((node) => isFound(network.names[node] ?? "", chosen.search));
  useEffect(() => {
    if (pressed.current !== null) list.current?.querySelector<HTMLElement>(`[data-move="${pressed.current}"]`)?.focus();
    pressed.current = null;
  }, [order]);
  const move = (node: number, by: 1 | -1) => {
    const to = found[found.indexOf(node) + by];
    if (to === undefined) return;
    pressed.current = `${String(node)} ${String(by)}`;
    choose(network, { order: moved(order, node, to) });
  };
  const press = (event: KeyboardEvent, node: number) => {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    move(node, event.key === "ArrowUp" ? -1 : 1);
  };
  return (
    <>
      <TextInput size="xs" label={words.search} value={chosen.search} maxLength={LONGEST_SEARCH} onChange={(event) => { choose(network, { search: event.currentTarget.value }); }} data-testid="lanes-search" />
      <Checkbox size="sm" label={words.causes} checked={chosen.causes} onChange={(event) => { choose(network, { causes: event.currentTarget.checked }); }} data-testid="lanes-causes" />
      <p className="hint">{words.hint}</p>
      {found.length === 0 && <p role="status">{words.none}</p>}
      <ul ref={list} className="scroll" data-testid="lanes-list">
        {found.slice(0, LISTED).map((node) => {
          const name = network.names[node] ?? "";
          return (
            <li key={node} onKeyDown={(event) => { press(event, node); }}>
              <Checkbox size="sm" label={name} aria-label={words.own(name)} checked={!chosen.collapsed.has(node)} onChange={() => { choose(network, { collapsed: toggled(chosen.collapsed, node) }); }} />
              {([-1, 1] as const).map((by) => (
                <ActionIcon key={by} variant="default" aria-label={by < 0 ? words.up(name) : words.down(name)} data-move={`${String(node)} ${String(by)}`} onClick={() => { move(node, by); }}>
                  <Icon name={by < 0 ? "up" : "down"} />
                </ActionIcon>
              ))}
            </li>
          );
        })}
      </ul>
      {found.length > LISTED && <p className="hint">{words.andMore(found.length - LISTED)}</p>}
      <Button size="compact-sm" variant="default" onClick={showAll} data-testid="lanes-all">{words.all}</Button>
    </>
  );
}
