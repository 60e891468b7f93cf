"""The page of metrics says what the servers export."""

from __future__ import annotations

from scripts.metrics_page import PAGE, page


def test_the_page_is_what_the_tables_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m scripts.metrics_page"
