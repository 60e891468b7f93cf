const USUAL_PX = 16;

/** How much larger than usual the page's type is: what is drawn in pixels grows with the words in a presentation. */
export const textScale = (): number =>
  typeof document === "undefined" ? 1 : (parseFloat(getComputedStyle(document.documentElement).fontSize) || USUAL_PX) / USUAL_PX;
