/** The entry of the page: fonts, styles, theme, and the page itself. */
import "@fontsource/inter/latin-400.css";
import "@fontsource/inter/latin-600.css";
import "@mantine/core/styles.css";
import "uplot/dist/uPlot.min.css";
import "./look/page.css";
import "./look/panels.css";
import "./look/stage.css";
import { MantineProvider } from "@mantine/core";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { resolver, theme } from "./app/theme";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={resolver} defaultColorScheme="auto">
      <App />
    </MantineProvider>
  </StrictMode>,
);
