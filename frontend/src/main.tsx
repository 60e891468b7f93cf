/** The entry of all pages: fonts, styles, theme, and the shell. */
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
import { useView } from "./state/view";
import { resolver, theme } from "./theme/mantine";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
// The page of the address comes at the same time as the language: each of them is a way to the lab and back.
loadPageOf(location.pathname);
await speak(useView.getState().language);
followChoice();
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={resolver} defaultColorScheme="auto">
      <Shell />
    </MantineProvider>
  </StrictMode>,
);
