/** Whether an executor gets anything new, as a switch. */
import { Switch } from "@mantine/core";
import { useTranslation } from "../../i18n/use-translation";
import { useConnected } from "../../state/lab-store";
import { setActive } from "../../tasks/commands";
import type { Changing } from "../../tasks/ExecutorFields";

export function ActiveSwitch({ executor, changed }: Changing) {
  const page = useTranslation();
  const connected = useConnected();
  const { name, active, status } = executor;
  return (
    <Switch
      size="xs"
      label={page.executorStates[status]}
      aria-label={page.executors.switch(name)}
      checked={active}
      aria-disabled={!connected}
      onChange={() => { if (connected) void setActive(name, !active).then((now) => { if (now) changed(now); }); }}
      data-testid={`active-${name}`}
    />
  );
}
