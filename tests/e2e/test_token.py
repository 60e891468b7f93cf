"""A lab that other machines can reach, in a browser: its link opens the page, which then works as ever."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.e2e.conftest import PATIENCE_MS
from tests.e2e.test_connection import balancer_pid
from tests.e2e.watched import LabPage
from tests.fuzz.frames import TREE
from tests.support.live_lab import live_lab


def test_the_link_opens_the_page_and_the_page_starts_waves(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "wanted.json"
    file.write_text(json.dumps(TREE), "utf-8")
    with live_lab(tmp_path, file, host="0.0.0.0", rebalance_interval=0) as lab:
        context = browser.new_context(viewport={"width": 1280, "height": 720}, locale="en-GB")
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        address = f"http://127.0.0.1:{lab.page_port}/"
        locked = page.goto(address)
        assert locked is not None
        assert locked.status == 401
        page.goto(f"{address}?token={lab.token}")
        page.wait_for_url(address)
        shown = LabPage(page, lab)
        shown.wait_for_nodes(3)
        shown.part("start-echo").click()
        shown.wait_for_end_of_playback()
        expect(shown.part("counter")).to_have_text("4")
        (cookie,) = context.cookies()
        assert (cookie.get("httpOnly"), cookie.get("sameSite")) == (True, "Strict")
        assert page.evaluate("document.cookie") == ""
        page.reload()  # the cookie is enough from now on
        shown.wait_for_nodes(3)
        # As if the lab had been started again: the token that the browser keeps opens nothing any more.
        context.clear_cookies()
        os.kill(balancer_pid(lab), signal.SIGKILL)
        expect(shown.part("banner")).to_contain_text("new token")
        context.close()
