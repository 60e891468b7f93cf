/** The entry of all pages: fonts, styles, theme, the connection to the lab, and the shell. */
import "@fontsource/inter/cyrillic-400.css";
import "@fontsource/inter/cyrillic-600.css";
import "@fontsource/inter/latin-400.css";
import "@fontsource/inter/latin-600.css";
import "@mantine/core/styles.css";
import "uplot/dist/uPlot.min.css";
import "./theme/page.css";
import "./theme/panels.css";
import "./theme/tasks.css";
import "./theme/stage.css";
import "./theme/forced-colors.css";
import { MantineProvider } from "@mantine/core";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Shell } from "./app/Shell";
import { loadPageOf } from "./app/routes";
import { followChoice, speak } from "./i18n/spoken";
import { connectLab } from "./state/lab-store";
import { useView } from "./state/view";
import { resolver, theme } from "./theme/mantine";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
// All that is shown first comes at the same time, each being a way to the lab and back: the page, the language, and the lab.
connectLab();

/** Waits for page and language, in a function and not in the module: the chunks that are waited for need this one. */
async function show(place: HTMLElement): Promise<void> {
  await Promise.all([speak(useView.getState().language), loadPageOf(location.pathname)]);
  followChoice();
  createRoot(place).render(
    <StrictMode>
      <MantineProvider theme={theme} cssVariablesResolver={resolver} defaultColorScheme="auto">
        <Shell />
      </MantineProvider>
    </StrictMode>,
  );
}

void show(root);
