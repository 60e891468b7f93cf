"""The pages of disciplines, placements and forecasts say what the classes say."""

from __future__ import annotations

import pytest

from scripts.load_pages import ROOT, pages


@pytest.mark.parametrize("file", [str(file.relative_to(ROOT)) for file in pages()])
def test_a_page_is_what_its_classes_say(file: str) -> None:
    wanted = pages()[ROOT / file]
    assert (ROOT / file).read_text(encoding="utf-8") == wanted, "run python -m scripts.load_pages"
