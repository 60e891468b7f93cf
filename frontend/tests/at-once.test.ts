import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { atOnce } from "../at-once.js";
import type { Early } from "../src/api/early";

const PAGES = { "": ["/assets/lab.js"], tasks: ["/assets/tasks.js", "/assets/tasks.css"] };
const LANGUAGES = { en: ["/assets/en.js", "/assets/latin.woff2"], ru: ["/assets/ru.js"] };
const MOST_WAITING = 2;

interface Asked { rel?: string; as?: string; href?: string; crossOrigin?: string }
let asked: Asked[] = [];
let sockets: { url: string; closed: boolean; onmessage?: (message: { data: string }) => void }[] = [];

function open(path: string, search = "", kept: string | null = null, languages = ["de-AT", "en"]) {
  vi.stubGlobal("location", { pathname: path, search, protocol: "http:", hostname: "lab.example" });
  vi.stubGlobal("localStorage", { getItem: () => kept });
  vi.stubGlobal("navigator", { languages });
  atOnce(PAGES, LANGUAGES, MOST_WAITING);
  return asked.map(({ href }) => href);
}

beforeEach(() => {
  asked = [];
  sockets = [];
  vi.stubGlobal("window", globalThis);
  vi.stubGlobal("document", { createElement: () => ({}), head: { append: (link: Asked) => { asked.push(link); } } });
  vi.stubGlobal("fetch", () => Promise.resolve(new Response('{"balancer_port": 7999}')));
  vi.stubGlobal("WebSocket", class {
    closed = false;
    constructor(readonly url: string) {
      sockets.push(this);
    }
    close() {
      this.closed = true;
    }
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
  globalThis.topowaveEarly = undefined;
});

it("asks for the page of the address and for the language, each as what it is", () => {
  open("/tasks/t-1");
  expect(asked).toEqual([
    { rel: "modulepreload", crossOrigin: "", href: "/assets/tasks.js" },
    { rel: "preload", as: "style", crossOrigin: "", href: "/assets/tasks.css" },
    { rel: "modulepreload", crossOrigin: "", href: "/assets/en.js" },
    { rel: "preload", as: "font", crossOrigin: "", href: "/assets/latin.woff2" },
  ]);
});

it.each([
  ["the address says", "?lang=ru", '{"language": "en"}', ["en"]],
  ["was chosen before", "", '{"language": "ru"}', ["en"]],
  ["the browser prefers", "", null, ["fr", "ru-RU", "en"]],
  ["the browser prefers, where what was kept is damaged", "?lang=xx", "{", ["ru"]],
])("takes the language that %s", (_, search, kept, languages) => {
  expect(open("/", search, kept, languages)).toEqual(["/assets/lab.js", "/assets/ru.js"]);
});

it("asks for no page where none is, and speaks English where nothing else can be spoken", () => {
  expect(open("/constructor", "?lang=toString", null, ["fr"])).toEqual(LANGUAGES.en);
});

it("listens to the lab, and gives up where nobody takes what it says", async () => {
  open("/");
  const early = await globalThis.topowaveEarly as unknown as Early;
  expect(early.port).toBe(7999);
  expect(sockets.map(({ url }) => url)).toEqual(["ws://lab.example:7999/stream"]);
  for (const data of ["a", "b"]) sockets[0]?.onmessage?.({ data });
  expect([early.texts, sockets[0]?.closed]).toEqual([["a", "b"], false]);
  sockets[0]?.onmessage?.({ data: "c" });
  expect(sockets[0]?.closed).toBe(true);
});

it.each([
  ["refuses", () => Promise.resolve(new Response("", { status: 401 }))],
  ["does not answer", () => Promise.reject(new TypeError("failed"))],
])("leaves the lab to the page where it %s", async (_, answer) => {
  vi.stubGlobal("fetch", answer);
  open("/");
  expect(await globalThis.topowaveEarly).toBeNull();
});
