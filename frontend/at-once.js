/**
 * What the page asks for before any script of its own has come: the files of the address and the language, and the lab.
 *
 * Otherwise each would wait for another: the page's chunk for the first script, the lab for the page that shows it.
 * Nothing depends on it: what is not asked for here, or fails, is asked for again by whoever needs it.
 */
/* global document, fetch, localStorage, location, navigator, URLSearchParams, WebSocket, window */

/** Runs in the head of index.html; it has its own text only, so nothing from outside of it. See src/api/early.ts. */
export function atOnce(pages, languages, mostWaiting) {
  const parameter = new URLSearchParams(location.search).get("lang");
  let kept = null;
  try {
    kept = JSON.parse(localStorage.getItem("topowave.view")).language;
  } catch {
    // Nothing is kept.
  }
  const known = (language) => Object.hasOwn(languages, language);
  const spoken = [parameter, kept, ...navigator.languages.map((tag) => tag.toLowerCase().split("-")[0]), "en"].find(known);
  const page = location.pathname.split("/")[1];
  for (const href of new Set([...(Object.hasOwn(pages, page) ? pages[page] : []), ...(languages[spoken] ?? [])])) {
    const link = document.createElement("link");
    link.rel = href.endsWith(".js") ? "modulepreload" : "preload";
    if (href.endsWith(".css")) link.as = "style";
    if (href.endsWith(".woff2")) link.as = "font";
    link.crossOrigin = "";
    link.href = href;
    document.head.append(link);
  }
  const listen = async () => {
    const answer = await fetch("/lab.json", { cache: "no-store" });
    if (!answer.ok) return null;
    const port = (await answer.json()).balancer_port;
    if (port === null) return null;
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.hostname}:${port}/stream`);
    const texts = [];
    socket.onmessage = ({ data }) => {
      if (texts.push(data) > mostWaiting) socket.close();
    };
    return { port, socket, texts };
  };
  window.topowaveEarly = listen().catch(() => null);
}

/** Frames that wait for the page; where its scripts never come, the lab need not go on. */
const MOST_WAITING = 100;
const PAGE = /\/src\/pages\/(\w+)\/\w+Page\.tsx$/u;
const LANGUAGE = /\/src\/i18n\/languages\/(\w+)\.ts$/u;
/** Where else a page is than at the name of its folder. */
const ADDRESSES = { lab: ["", "app"], laboratory: ["lab"] };
/** Fonts of each language, by the beginnings of their files. */
const FONTS = { en: ["latin"], de: ["latin"], ru: ["latin", "cyrillic"] };

/** The files that a chunk needs, with those of the chunks that it imports. */
function filesOf(bundle, fileName, found = new Set()) {
  const chunk = bundle[fileName];
  if (chunk?.type !== "chunk" || found.has(fileName)) return found;
  found.add(fileName);
  for (const css of chunk.viteMetadata?.importedCss ?? []) found.add(css);
  for (const other of chunk.imports) filesOf(bundle, other, found);
  return found;
}

/** What belongs to each page and each language, beyond what index.html asks for by itself. */
function filesByName(bundle, pattern, html) {
  const found = {};
  for (const chunk of Object.values(bundle)) {
    const name = chunk.type === "chunk" && chunk.facadeModuleId ? pattern.exec(chunk.facadeModuleId)?.[1] : undefined;
    if (name) found[name] = [...filesOf(bundle, chunk.fileName)].map((file) => `/${file}`).filter((file) => !html.includes(file));
  }
  return found;
}

/** Puts the script into index.html, before anything for whose arrival it might have to wait. */
export function askedAtOnce() {
  return {
    name: "asked-at-once",
    transformIndexHtml: {
      order: "post",
      handler(html, { bundle }) {
        if (!bundle) return html;
        const pages = Object.fromEntries(
          Object.entries(filesByName(bundle, PAGE, html)).flatMap(([name, files]) => (ADDRESSES[name] ?? [name]).map((part) => [part, files])),
        );
        const languages = filesByName(bundle, LANGUAGE, html);
        for (const [language, scripts] of Object.entries(FONTS)) {
          const begins = scripts.map((script) => `assets/inter-${script}-`);
          const fonts = Object.keys(bundle).filter((file) => file.endsWith(".woff2") && begins.some((begin) => file.startsWith(begin)));
          languages[language].push(...fonts.map((file) => `/${file}`));
        }
        const given = [pages, languages, MOST_WAITING].map((each) => JSON.stringify(each)).join(", ");
        const script = `<script>(${atOnce.toString()})(${given});</script>`;
        return html.replace('<script type="module"', () => `${script}\n    <script type="module"`);
      },
    },
  };
}
