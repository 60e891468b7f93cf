/** The menu of a node: by right click, long press, or the menu key on its row. */
import { Menu } from "@mantine/core";
import { useEffect } from "react";
import { addBelow, cut, letLeave, signal, tasks, wave } from "../actions/commands";
import { isLeaving, mayLeave } from "../../../state/deploy";
import { select, useView } from "../../../state/view";
import { useCatalog } from "../../../state/catalog";
import { useConnected, useLab } from "../../../state/lab-store";
import { useTranslation } from "../../../i18n/use-translation";
import { showTasksOf } from "../tasks/show-tasks";
import { FocusableItem } from "../../../theme/FocusableButton";

const close = () => { useView.setState({ menu: null }); };

export function NodeMenu() {
  const words = useTranslation();
  const connected = useConnected();
  const menu = useView((view) => view.menu);
  const state = useLab(({ lab }) => (lab && menu ? lab.nodes.state[lab.network.indexOf.get(menu.name) ?? -1] : undefined));
  const leaves = useLab(({ lab }) => {
    const node = menu && lab?.network.indexOf.get(menu.name);
    return lab !== null && typeof node === "number" && mayLeave(lab, node) && !isLeaving(lab, menu?.name);
  });
  const seconds = useCatalog(({ limits }) => limits?.cut_default_seconds ?? null);
  // Its place means nothing in a window of another size: there Mantine hides it, open as it is, and Escape reaches nobody.
  useEffect(() => {
    window.addEventListener("resize", close);
    return () => { window.removeEventListener("resize", close); };
  }, []);
  if (!menu || state === undefined) return null;
  const { name, x, y } = menu;
  // In a landmark of its own, and without Mantine's placeholder, which is no item of a menu.
  return (
    <section aria-label={words.menuOf(name)}>
      <Menu
        opened
        withInitialFocusPlaceholder={false}
        withinPortal={false}
        floatingStrategy="fixed"
        // Not on "keydown": the key that opens the menu would close it again.
        clickOutsideEvents={["mousedown", "touchstart"]}
        onChange={(opened) => { if (!opened) close(); }}
        shadow="md"
        position="bottom-start"
      >
        <Menu.Target>
          <button type="button" className="menu-anchor" tabIndex={-1} aria-label={words.menuOf(name)} style={{ left: x, top: y }} />
        </Menu.Target>
        <Menu.Dropdown data-testid="node-menu">
          <Menu.Label>{name}</Menu.Label>
          <FocusableItem disabled={!connected} onClick={() => void tasks(name, 1)}>{words.addOne}</FocusableItem>
          <FocusableItem disabled={!connected} onClick={() => void tasks(name, 10)}>{words.addTen}</FocusableItem>
          <FocusableItem disabled={!connected} onClick={() => void wave("echo", name)}>{words.startHere}</FocusableItem>
          <Menu.Item onClick={() => { select({ type: "node", name }); }}>{words.details}</Menu.Item>
          <Menu.Item onClick={() => { showTasksOf({ node: [name] }); }} data-testid="menu-tasks">{words.showTasks}</Menu.Item>
          <FocusableItem disabled={!connected} onClick={() => void addBelow(name)}>{words.addBelow}</FocusableItem>
          {leaves && <FocusableItem disabled={!connected} onClick={() => void letLeave(name)}>{words.letLeave}</FocusableItem>}
          <Menu.Divider />
          <FocusableItem disabled={!connected || state !== "up"} onClick={() => void signal(name, "stop")}>{words.stop}</FocusableItem>
          <FocusableItem disabled={!connected || (state !== "stopped" && state !== "failed")} onClick={() => void signal(name, state === "failed" ? "start" : "continue")}>
            {state === "failed" ? words.startAgain : words.continue}
          </FocusableItem>
          <FocusableItem disabled={!connected || state !== "up"} onClick={() => void cut(name)}>{words.cut(seconds)}</FocusableItem>
          <FocusableItem className="danger" disabled={!connected || !["up", "stopped", "inactive"].includes(state)} onClick={() => void signal(name, "kill")}>{words.kill}</FocusableItem>
        </Menu.Dropdown>
      </Menu>
    </section>
  );
}
