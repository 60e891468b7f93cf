/** Shows the page of the address, each loaded when it is first asked for. */
import { Button } from "@mantine/core";
import { Component, lazy, Suspense, useEffect, type ReactNode } from "react";
import { Link, Route, Switch, useLocation } from "wouter";
import { loadWithRetries } from "../api/load-with-retries";
import { useWords } from "../i18n/words";
import { loadedPage, ROUTES } from "./routes";
import { useRoute } from "./use-route";
import { words } from "./words";

const LAZY = ROUTES.map((route) => ({ ...route, Later: lazy(() => loadWithRetries(route.load)) }));

function Failed() {
  const { failedTitle, failedDetail, reload } = useWords(words);
  return (
    <main className="plain">
      <h2>{failedTitle}</h2>
      <p>{failedDetail}</p>
      <Button onClick={() => { location.reload(); }}>{reload}</Button>
    </main>
  );
}

/** A page that cannot be loaded, or fails, leaves the bar and the way to the others. */
class OnFailure extends Component<{ children: ReactNode }> {
  override state = { failed: false };
  static getDerivedStateFromError() {
    return { failed: true };
  }
  override render() {
    return this.state.failed ? <Failed /> : this.props.children;
  }
}

function Missing() {
  const { missingTitle, missingDetail, pages } = useWords(words);
  const [path] = useLocation();
  return (
    <main className="plain" data-testid="missing">
      <h2>{missingTitle}</h2>
      <p>{missingDetail(path)}</p>
      <ul>{ROUTES.map(({ name, paths }) => <li key={name}><Link href={paths[0]}>{pages[name]}</Link></li>)}</ul>
    </main>
  );
}

function Loading() {
  const { loading } = useWords(words);
  return <main className="plain" aria-busy="true"><p role="status">{loading}</p></main>;
}

/** The page whose contents were shown last. */
let shown: string | null = null;

/**
 * After a step to another page the keyboard begins at its contents, as after a click on an ordinary link. It stands
 * beside them, since they may have to be loaded first: what is shown meanwhile would take the focus along when it goes.
 */
function FocusOnContents({ page }: { page: string }) {
  useEffect(() => {
    const before = shown;
    shown = page;
    if (before === null || before === page) return;
    const main = document.querySelector("main");
    if (!main || main.contains(document.activeElement)) return;
    main.tabIndex = -1;
    main.addEventListener("blur", () => { main.removeAttribute("tabindex"); }, { once: true });
    main.focus({ preventScroll: true });
  }, [page]);
  return null;
}

export function Pages() {
  const { pages } = useWords(words);
  const route = useRoute();
  useEffect(() => {
    document.title = route && route.name !== "lab" ? `${pages[route.name]} · Topowave` : "Topowave";
  }, [route, pages]);
  return (
    <OnFailure key={route?.name ?? ""}>
      <Suspense fallback={<Loading />}>
        <FocusOnContents page={route?.name ?? ""} />
        <Switch>
          {LAZY.flatMap(({ name, paths, Later }) => {
            const Page = loadedPage(name) ?? Later;
            return paths.map((path) => <Route key={name + path} path={path}><Page /></Route>);
          })}
          <Route><Missing /></Route>
        </Switch>
      </Suspense>
    </OnFailure>
  );
}
