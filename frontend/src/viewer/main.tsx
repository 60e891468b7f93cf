/** The entry of the file that shows a run by itself, with no server: see topowave/traces/html_file.py. */
import "@mantine/core/styles.css";
import "../theme/page.css";
import "../theme/panels.css";
import "../theme/forced-colors.css";
import { MantineProvider } from "@mantine/core";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { followChoice, speak } from "../i18n/spoken";
import { useView } from "../state/view";
import { resolver, theme } from "../theme/mantine";
import { openHeld, type HeldRun } from "./run";
import { Viewer } from "./Viewer";

const read = (id: string): unknown => JSON.parse(document.getElementById(id)?.textContent ?? "null");

async function begin(): Promise<void> {
  const root = document.getElementById("root");
  if (!root) throw new Error("the file has no #root");
  await speak(useView.getState().language);
  followChoice();
  const held = read("run") as HeldRun | null;
  if (held) await openHeld(held);
  const source = held && "session" in held ? held.session.source : null;
  createRoot(root).render(
    <StrictMode>
      <MantineProvider theme={theme} cssVariablesResolver={resolver} defaultColorScheme="auto">
        <Viewer source={source} />
      </MantineProvider>
    </StrictMode>,
  );
}

void begin();
