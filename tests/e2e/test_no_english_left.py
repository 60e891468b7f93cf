"""Nothing that the page says in Russian or German is left in English.

The lab is this file's own: what other tests have put into theirs, such as the title of a task, is in English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.e2e.conftest import OpenPage, start_lab
from tests.e2e.test_languages import DIALOGS, GO, LAST, places
from tests.e2e.texts import FIND_ENGLISH, READ
from tests.support.live_lab import LiveLab

SETTLED_MS = 30_000
"""How long a text may be in English until its translation has come."""
WORD = re.compile(r"[a-z]{2,}")
NAMES = WORD.findall(
    "api csv json svg webgl websocket http prometheus topowave enter esc shift space home end cpu script "
    "dirs max inc ninc push sum snarimax dead letter root inner leaf python matplotlib numpy pandas "
    "pyarrow scipy "
    # What this test has submitted, and the scripts that come with a lab.
    "lecture rings quick slow echo finn pi word count fetch transcode faulty samples seed raised fcfs "
    "divider steerer "
    # What stands in the fields of a run of one's own.
    "grid ring binary constant uniform "
    # Formats and shapes that can be drawn.
    "topology node link graphml gml dot random ctrl delete "
)
"""What Russian has in Latin letters: names, keys, fields of files, and what people have written."""
SAME = WORD.findall(
    "auto bits echo experiment initiator journal median name port ring status system orchestrator agent "
    "balancer awerbuch chandy lamport chang roberts cidon dijkstra scholten hirschberg sinclair holt "
    "winters lai yang lelann peterson safra tarry min ms mb"
)
"""What German says as English does."""


@pytest.fixture(scope="module")
def running_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveLab]:
    """A lab in which nothing has happened."""
    yield from start_lab(tmp_path_factory)


def test_no_text_of_the_page_is_left_in_english(
    open_page: OpenPage, busy_lab: LiveLab, reports: Path
) -> None:
    assert reports.is_dir()
    names = {str(node["name"]) for node in busy_lab.get("/status")["nodes"]}
    shown = open_page("/?lang=en")
    english = {where: list(shown.page.evaluate(READ)) for where in visited(shown.page, busy_lab, "en")}
    assert len(english) > 30
    known = sorted({*NAMES, *names})
    both = [*known, *SAME]
    left: dict[str, list[str]] = {}
    for language in ("ru", "de"):
        spoken = open_page(f"/?lang={language}").page
        for where in visited(spoken, busy_lab, language):
            found = still(spoken, known, None) if language == "ru" else still(spoken, both, english[where])
            left |= {f"{language} {where}": found} if found else {}
    assert not left, "\n".join(f"{where}: {texts}" for where, texts in left.items())


def visited(page: Page, lab: LiveLab, language: str) -> Iterator[str]:
    """Goes to each place of the page, and yields its name while it is shown."""
    for path, seen in places(lab).items():
        page.evaluate(GO, path + ("&" if "?" in path else "?") + f"lang={language}")
        for opener, part in (DIALOGS if path == LAST else {"": seen}).items():
            if opener:
                page.locator(opener).click()
            expect(page.locator(part).first).to_be_visible()
            yield path + opener
            if opener:
                page.keyboard.press("Escape")


def still(page: Page, known: list[str], english: list[str] | None) -> list[str]:
    """The texts that stay in English."""
    asked = {"known": known, "english": english}
    gone = f"(asked) => ({FIND_ENGLISH})(asked).length === 0"
    try:
        page.wait_for_function(gone, arg=asked, timeout=SETTLED_MS)
    except PlaywrightTimeout:
        return list(page.evaluate(FIND_ENGLISH, asked))
    return []
