"""The operations of the servers, at `/docs` in a browser that reaches this machine only."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import PATIENCE_MS
from tests.e2e.watched import Watched
from tests.support.live_lab import LiveLab


@pytest.mark.parametrize(("server", "operation"), [("balancer", "/status"), ("node", "/specs")])
def test_the_operations_are_listed_and_nothing_foreign_is_asked_for(
    lab: LiveLab, browser: Browser, server: str, operation: str
) -> None:
    url = lab.balancer if server == "balancer" else f"http://127.0.0.1:{lab.topology.root.port}"
    page = browser.new_context().new_page()
    page.set_default_timeout(PATIENCE_MS)
    watched = Watched(page, lossy=False)
    page.goto(f"{url}/docs")
    shown = page.locator(".opblock-get .opblock-summary-path", has_text=operation).first
    shown.click()
    page.get_by_role("button", name="Try it out").first.click()
    page.get_by_role("button", name="Execute").first.click()
    expect(page.locator(".live-responses-table tbody .response-col_status").first).to_contain_text("200")
    page.context.close()
    watched.judge()
