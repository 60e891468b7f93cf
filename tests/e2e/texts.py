"""What a page says and how much of it can be read: programs that run in the page."""

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

DATA = "code, kbd, pre, [data-testid=language]"
"""What is no word of the page: code, keys, and the languages by their own names."""

READ = f"""() => {{
  {_SEEN}
  const words = nodes.filter(({{ parentElement }}) => !parentElement.closest("{DATA}"));
  const found = words.map(({{ data }}) => data);
  for (const element of document.querySelectorAll("[title], [aria-label], [placeholder], option")) {{
    if (element.closest("{DATA}") || !seen(element.closest("select") ?? element)) continue;
    for (const name of ["title", "aria-label", "placeholder"]) found.push(element.getAttribute(name));
    if (element.tagName === "OPTION") found.push(element.text);
  }}
  return [...new Set(found.map((text) => (text ?? "").replace(/\\s+/gu, " ").trim()).filter(Boolean))];
}}"""
"""All that the page says: its texts, titles and labels, and what can be chosen; but no data of the lab."""

FIND_ENGLISH = f"""({{ known, english }}) => {{
  const own = new Set(known);
  const data = [
    /\\b[\\w-]+\\.\\d+-\\d+\\.\\d+\\b/gu, /\\b[0-9a-f]{{32}}\\b/gu, /\\S*\\/\\S*/gu,
    /\\b\\w+\\.(json|csv|txt|py)\\b/gu, /\\bring:\\d+/gu,
  ];
  const without = (text) => data.reduce((left, one) => left.replace(one, ""), text);
  const words = (text) => without(text).toLowerCase().match(/[a-z]{{2,}}/gu) ?? [];
  const foreign = (text) => words(text).some((word) => !own.has(word));
  return ({READ})().filter((text) => foreign(text) && (english === null || english.includes(text)));
}}"""
"""The texts that are in English where another language is spoken.

`known` are words that it has in Latin letters, in lower case; `english` what the same place says in English,
or null where any other Latin word is English. Ids of tasks and requests, paths, files and networks are none.
"""
