/**
 * Keeps the place of the keyboard. A browser forgets the focus when the focused element goes (the row of a node whose
 * network is replaced, a closed drawer or menu) or can be used no more, and the next Tab begins at the top of the page.
 * Here focus goes back to where it came from, if it was in an overlay; else to what stands there now.
 */

const FOCUSABLE = ":is(a[href], button, input, select, summary, [tabindex]):not([tabindex='-1'])";
/** What lies over the page for a while, and gives the focus back when it goes. */
const OVERLAY = "[data-overlay], [role='menu'], [role='dialog']";

/** Cheap: it is asked after every change of the page. */
const isThere = (element: Element): boolean =>
  element.isConnected && !element.matches(":disabled") && element.closest("[inert]") === null;
const isUsable = (element: Element): boolean => isThere(element) && element.checkVisibility();

/** A place in the page: the box around it, and what follows it there, if anything does. */
interface Place {
  box: Element;
  next: Node | null;
}

/** Where an element is that has gone, by what was changed around it. */
function placeOf(gone: Element, changes: readonly MutationRecord[]): Place | null {
  let place: Place | null = gone.parentElement && { box: gone.parentElement, next: gone };
  // What has gone may have been part of something that has gone as well.
  for (let node: Node = gone; !node.isConnected; node = place.box) {
    const change = changes.find(({ removedNodes }) => [...removedNodes].some((removed) => removed.contains(node)));
    if (!(change?.target instanceof Element)) return null;
    place = { box: change.target, next: change.nextSibling };
  }
  return place;
}

/** Whether `one` is in `next` or comes after it; where `next` has gone as well, all that is there now does. */
function isFrom(next: Node | null, one: Node): boolean {
  if (!next) return false;
  if (!next.isConnected) return true;
  return next.contains(one) || (next.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING) > 0;
}

/** What can have the focus at a place or next after it; before it where nothing follows; around it where it is empty. Of an overlay that is open still, the overlay. */
function nearest(place: Place): HTMLElement | null {
  let { next } = place;
  const overlay = place.box.closest<HTMLElement>(OVERLAY);
  for (let box: Element | null = place.box; box; box = box.parentElement) {
    const all = [...box.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(isUsable);
    const found = all.find((one) => isFrom(next, one)) ?? all.at(-1);
    if (found) return found;
    if (box === overlay) return overlay;
    next = box;
  }
  return null;
}

/** The stage itself, for as long as it has the focus: else it would take that of every click beside its nodes. */
function focusStage(): void {
  const main = document.querySelector("main");
  if (!main) return;
  main.tabIndex = -1;
  main.addEventListener("blur", () => { main.removeAttribute("tabindex"); }, { once: true });
  main.focus({ preventScroll: true });
}

/** Where to look instead of a place: of an overlay at the start of what it covered, of what lay beside the page at the stage. */
function around(gone: Element, place: Place | null): Place {
  const main = document.querySelector("main") ?? document.body;
  const page = main.closest(".page");
  if (place?.box.isConnected && place.box.closest(OVERLAY)) return place; // what went was only a part of it
  if (!place || page?.contains(place.box) !== true) return { box: main, next: main };
  return gone.closest(OVERLAY) ? { box: place.box, next: place.box } : place;
}

/** Watches over the focus of the page; returns how to end that. */
export function keepFocus(): () => void {
  /** Who has the focus, as far as the reader knows. */
  let held: HTMLElement | null = null;
  /** Who had the focus before it went into an overlay. */
  const openers = new WeakMap<Element, HTMLElement>();

  const openerOf = (gone: Element): HTMLElement | null => {
    const overlay = gone.closest(OVERLAY);
    const opener = overlay && openers.get(overlay);
    if (!opener) return null;
    if (isUsable(opener)) return opener;
    // A menu may have opened a drawer, over where the menu came from.
    const cover = opener.closest("[inert]") && document.querySelector<HTMLElement>("[data-overlay]");
    if (!cover) return openerOf(opener);
    openers.set(cover, opener);
    return cover;
  };
  const taken = ({ target, relatedTarget }: FocusEvent) => {
    if (!(target instanceof HTMLElement)) return;
    const overlay = target.closest(OVERLAY);
    const from = relatedTarget instanceof HTMLElement ? relatedTarget : held;
    if (overlay && from && !openers.has(overlay) && !overlay.contains(from)) openers.set(overlay, from);
    held = target;
  };
  const left = ({ target, relatedTarget }: FocusEvent) => {
    if (relatedTarget !== null) return;
    setTimeout(() => {
      // By a click beside it, and not because it goes: nobody misses it.
      if (held === target && held && isThere(held) && document.activeElement !== held) held = null;
    });
  };
  const look = (changes: readonly MutationRecord[]) => {
    const gone = held;
    const active = document.activeElement;
    if (!gone || isThere(gone) || (active && active !== document.body && active !== gone)) return;
    held = null;
    const overlay = gone.closest(OVERLAY);
    // It was opened from the drawing, which is no control: on one that came by chance a key would do something.
    if (overlay && !openers.has(overlay)) focusStage();
    else (openerOf(gone) ?? nearest(around(gone, placeOf(gone, changes))))?.focus({ preventScroll: true });
  };
  const observer = new MutationObserver(look);
  observer.observe(document.body, { childList: true, subtree: true, attributeFilter: ["disabled", "inert"] });
  document.addEventListener("focusin", taken);
  document.addEventListener("focusout", left);
  return () => {
    observer.disconnect();
    document.removeEventListener("focusin", taken);
    document.removeEventListener("focusout", left);
  };
}
