/**
 * Which renderer to use. WebGL where a graphics processor draws it; SVG where there is none or its context was lost.
 * WebGL in software was 2.5 times less smooth than SVG for a tree of a class's size; of an overview's thousand nodes
 * it still is the quicker one. `?renderer=svg` and `?renderer=webgl` say otherwise.
 */
import { OVERVIEW_FROM } from "../layout/choose";

export type Renderer = "webgl" | "svg";
/** What draws WebGL2 in this browser. */
export type Graphics = "processor" | "software" | "none";

export function chooseRenderer(search: string, graphics: Graphics, nodes: number): Renderer {
  const wish = new URLSearchParams(search).get("renderer");
  if (wish === "svg" || graphics === "none") return "svg";
  if (wish === "webgl" || graphics === "processor") return "webgl";
  return nodes > OVERVIEW_FROM ? "webgl" : "svg";
}

/** Names of renderers without a graphics processor: Chromium's, Mesa's, Windows' and Apple's. */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/iu;

export function graphicsOfBrowser(): Graphics {
  try {
    const context = document.createElement("canvas").getContext("webgl2");
    if (!context) return "none";
    const details = context.getExtension("WEBGL_debug_renderer_info");
    const name: unknown = context.getParameter(details ? details.UNMASKED_RENDERER_WEBGL : context.RENDERER);
    context.getExtension("WEBGL_lose_context")?.loseContext();
    return typeof name === "string" && SOFTWARE.test(name) ? "software" : "processor";
  } catch {
    return "none";
  }
}
