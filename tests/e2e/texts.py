"""How much of what a page says can be read: a program that runs in the page."""

from __future__ import annotations

_SEEN = """
  const seen = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    && !element.closest(".unseen, [data-testid=canvas], .svg-graph, script, style");
  const nodes = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { currentNode: node } = walker;
    const { parentElement: element } = node;
    if (node.data.trim() && !element.closest("option") && seen(element)) nodes.push(node);
  }
"""
"""The texts of the page that are seen. Names in the drawing are left out: it is zoomed."""

FIND_UNREADABLE = f"""() => {{
  {_SEEN}
  const faults = [];
  const place = (element) => {{
    const named = element.closest("[data-testid], [aria-label], [class]") ?? element;
    const {{ testid }} = named.dataset ?? {{}};
    return testid ?? named.getAttribute("aria-label") ?? named.getAttribute("class") ?? element.tagName;
  }};
  const told = (box, text) => (box.closest("[title]")?.title ?? "").includes(text.trim());
  const judge = (node) => {{
    const range = document.createRange();
    range.selectNodeContents(node);
    const {{ left, right, top, bottom, width, height }} = range.getBoundingClientRect();
    if (width === 0) return null;
    const holder = node.parentElement.closest("button, [role=tab], th, td, legend, .mantine-Badge-root");
    if (holder) {{
      const own = holder.getBoundingClientRect();
      const spills = getComputedStyle(holder).overflowX === "visible";
      if (spills && (right > own.right + 2 || left < own.left - 2)) return "runs out of its box";
    }}
    // Fonts are higher than the lines that they stand in.
    const high = height / 4;
    let [across, down] = [true, true];
    for (let box = node.parentElement; box && (across || down); box = box.parentElement) {{
      const style = getComputedStyle(box);
      if (style.display === "inline" || style.display === "contents") continue;
      const clip = box.getBoundingClientRect();
      const cuts = (overflow) => overflow === "hidden" || overflow === "clip";
      const scrolls = (overflow) => overflow === "auto" || overflow === "scroll";
      const [wider, higher] = [
        right > clip.right + 1 || left < clip.left - 1, bottom > clip.bottom + high || top < clip.top - high,
      ];
      const ends = cuts(style.overflowX) && style.textOverflow === "ellipsis" && told(box, node.data);
      if (across && cuts(style.overflowX) && wider && !ends) return "is cut off at a side";
      if (down && cuts(style.overflowY) && higher && box !== document.body) return "is cut off below";
      if (scrolls(style.overflowX) || ends) across = false;
      if (scrolls(style.overflowY)) down = false;
      if (style.position === "fixed") break;
    }}
    return across && (right > innerWidth + 1 || left < -1) ? "is outside of the window" : null;
  }};
  for (const node of nodes) {{
    const fault = judge(node);
    if (fault) faults.push(`${{place(node.parentElement)}}: "${{node.data.trim().slice(0, 60)}}" ${{fault}}`);
  }}
  const LOOK = [
    "fontFamily", "fontSize", "fontWeight", "fontVariantNumeric", "letterSpacing", "padding", "border",
    "appearance", "boxSizing",
  ];
  const wide = (field, text, kind) => {{
    const style = getComputedStyle(field);
    const copy = document.createElement(kind);
    for (const name of LOOK) copy.style[name] = style[name];
    Object.assign(copy.style, {{ position: "absolute", width: "max-content", visibility: "hidden" }});
    if (kind === "select") copy.add(new Option(text));
    else copy.textContent = text;
    document.body.append(copy);
    const {{ width }} = copy.getBoundingClientRect();
    copy.remove();
    return width;
  }};
  for (const field of document.querySelectorAll("select, input[placeholder], textarea[placeholder]")) {{
    if (!seen(field)) continue;
    const choice = field.tagName === "SELECT";
    const text = choice ? field.selectedOptions[0]?.text ?? "" : field.value ? "" : field.placeholder;
    const needed = text ? wide(field, text, choice ? "select" : "span") : 0;
    if (needed > field.getBoundingClientRect().width + 1)
      faults.push(`${{place(field)}}: "${{text}}" does not fit into its field`);
  }}
  if (document.documentElement.scrollWidth > innerWidth) faults.push("the page scrolls sideways");
  return [...new Set(faults)];
}}"""
"""The texts that are cut off or run out of where they stand, and choices that do not fit into their fields.

What scrolls is in reach, and what ends with an ellipsis may say all of it in its title.
"""
