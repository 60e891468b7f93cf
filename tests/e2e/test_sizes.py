"""At every size of the window nothing lies over anything, is out of reach, or scrolls sideways."""

from __future__ import annotations

from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import expect

from tests.e2e.conftest import NODES, OpenPage

SIZES = (
    (360, 740),  # phones, in both directions
    (740, 360),
    (390, 844),
    (844, 390),
    (640, 360),  # 1280 x 720 at 200 %
    (768, 1024),  # a tablet, in both directions
    (1024, 768),
    (1024, 576),  # 1280 x 720 at 125 %
    (1280, 720),
    (1366, 768),
    (1920, 1080),
    (2560, 1440),
)
LONG_WORDS_BELOW_PX = 800
LONG_WORDS = ("de", "ru")
"""In narrower windows the longer words of these languages are tried, too."""
FIND_FAULTS = """() => {
  const parts = ".top-bar > *, .legend, .canvas-tools > *, .stage-note, " +
    ".playback-line > :not(.spring, .unseen), [role=tab], " +
    ".search > *, .timeline > header > *, .actions button, .actions .mantine-InputWrapper-root";
  const faults = [];
  const name = (element) =>
    element.dataset.testid ?? element.getAttribute("aria-label") ?? (element.className || element.tagName);
  const seen = [...document.querySelectorAll(parts)].map((element) => {
    let { left, top, right, bottom } = element.getBoundingClientRect();
    for (let box = element.parentElement; box; box = box.parentElement) {
      if (getComputedStyle(box).overflow === "visible") continue;
      const clip = box.getBoundingClientRect();
      // What scrolls down is in reach; what is cut off at a side is not.
      if (left < clip.left - 1 || right > clip.right + 1) faults.push(`${name(element)} is cut off`);
      top = Math.max(top, clip.top);
      bottom = Math.min(bottom, clip.bottom);
    }
    return { element, left, top, right, bottom };
  }).filter(({ left, top, right, bottom }) => right - left > 0 && bottom - top > 0);
  for (const one of seen) {
    if (one.left < -1 || one.right > innerWidth + 1) faults.push(`${name(one.element)} is outside`);
    for (const other of seen) {
      if (one.element.contains(other.element) || other.element.contains(one.element)) continue;
      const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const high = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      if (wide > 1 && high > 1) faults.push(`${name(one.element)} lies over ${name(other.element)}`);
    }
  }
  if (document.documentElement.scrollWidth > innerWidth) faults.push("the page scrolls sideways");
  return [...new Set(faults)];
}"""


def test_at_every_size_nothing_lies_over_anything_and_nothing_is_out_of_reach(open_page: OpenPage) -> None:
    shown = open_page()
    shown.wait_for_nodes(NODES)
    shown.part("start-echo").click()
    shown.wait_for_end_of_playback()
    shown.part("step-back").click()  # with a caption, and the sign of a recording
    expect(shown.part("caption")).to_be_visible()
    faults: dict[str, list[str]] = {}
    narrow = [size for size in SIZES if size[0] < LONG_WORDS_BELOW_PX]
    tried = [("en", size) for size in SIZES] + [(word, size) for word in LONG_WORDS for size in narrow]
    for language, (width, height) in tried:
        shown.part("language").select_option(language)
        shown.page.set_viewport_size({"width": width, "height": height})
        expect(shown.part("stage-recorded")).to_be_visible()
        try:  # the layout follows the window in the next frames
            shown.page.wait_for_function(f"() => ({FIND_FAULTS})().length === 0")
        except PlaywrightTimeout:
            faults[f"{width} x {height}, {language}"] = shown.page.evaluate(FIND_FAULTS)
    assert not faults, faults
