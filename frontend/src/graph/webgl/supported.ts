/** Which renderer to use: WebGL where the browser has WebGL2, SVG where it has not or the address says ?renderer=svg. */

export type Renderer = "webgl" | "svg";

export function chooseRenderer(search: string, hasWebGl2: () => boolean): Renderer {
  const wish = new URLSearchParams(search).get("renderer");
  if (wish === "svg") return "svg";
  return hasWebGl2() ? "webgl" : "svg";
}

export function browserHasWebGl2(): boolean {
  try {
    const context = document.createElement("canvas").getContext("webgl2");
    context?.getExtension("WEBGL_lose_context")?.loseContext();
    return context !== null;
  } catch {
    return false;
  }
}
