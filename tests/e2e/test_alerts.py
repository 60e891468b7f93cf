"""Alerts on the page: the banner of the worst, the bell with its list, silences, and those that are over."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.conftest import OpenPage
from tests.e2e.test_accessibility import AXE, FIND
from tests.e2e.watched import LabPage

PHONE = {"width": 360, "height": 740}
IN_WINDOW = """(box) => {
  const { left, right } = box.getBoundingClientRect();
  return left >= 0 && right <= innerWidth && document.documentElement.scrollWidth <= innerWidth
    && box.scrollWidth <= box.clientWidth;
}"""


def faults(shown: LabPage) -> list[str]:
    """What axe-core finds."""
    shown.page.add_script_tag(path=AXE)
    found: list[str] = shown.page.evaluate(FIND, {"but": [], "only": None})
    return found


def stop_a_leaf(shown: LabPage) -> tuple[str, str]:
    """Stop the last node; returns its name and the id of the alert about it, which fires by then."""
    name = shown.names[-1]
    shown.lab.post(f"/nodes/{name}/stop")
    found = shown.lab.until(
        lambda: [
            each
            for each in shown.lab.get("/alerts?state=firing")["alerts"]
            if each["rule"] == "node-down" and each["nodes"] == [name]
        ],
        bool,
    )
    alert = str(found[0]["id"])
    shown.lab.http.delete(f"{shown.lab.balancer}/alerts/{alert}/silence").raise_for_status()
    return name, alert


def row_of(shown: LabPage, name: str) -> Locator:
    """The alert about one node in the bell's list, where one of the test before may not be over yet."""
    return shown.part("alert-node-down").filter(has_text=name)


def opened_by_keys(shown: LabPage) -> Locator:
    """The list of the bell, opened without a mouse; the focus is in it."""
    shown.part("alert-bell").focus()
    shown.page.keyboard.press("Enter")
    dialog = shown.page.get_by_role("dialog", name="Alerts")
    expect(dialog.get_by_role("button").first).to_be_focused()
    return dialog


def test_an_alert_is_in_the_banner_and_at_the_bell_and_in_the_end_among_those_that_are_over(
    open_page: OpenPage,
) -> None:
    shown = open_page("/executors")
    name, alert = stop_a_leaf(shown)
    sentence = f"{name} is down"
    expect(shown.part("alert-banner").get_by_role("alert")).to_contain_text(sentence)
    expect(shown.part("alert-bell")).to_have_accessible_name(re.compile(r"^Alerts: \d+ fires?$"))
    dialog = opened_by_keys(shown)
    row = row_of(shown, name)
    expect(row).to_contain_text("warning, firing")
    expect(row).to_contain_text(sentence)
    assert not faults(shown)
    shown.lab.post(f"/nodes/{name}/continue")
    over = shown.part(f"ended-{alert}")
    expect(over).to_contain_text(sentence)
    expect(over).to_contain_text(re.compile(r"\d\d:\d\d:\d\d, after \d+ (s|min)"))
    expect(row).to_have_count(0)
    expect(shown.page.get_by_text(sentence)).to_have_count(dialog.get_by_text(sentence).count())
    assert not faults(shown)
    shown.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(shown.part("alert-bell")).to_be_focused()


def test_an_alert_is_silenced_and_told_again_by_keys(open_page: OpenPage) -> None:
    shown = open_page("/dashboard")
    name, alert = stop_a_leaf(shown)
    told = shown.part("alert-banner").get_by_text(f"{name} is down")
    expect(told).to_be_visible()
    opened_by_keys(shown)
    row = row_of(shown, name)
    row.get_by_role("button", name="Silence for 10 min").press("Enter")
    expect(row).to_contain_text("silenced until")
    expect(told).to_have_count(0)
    assert shown.lab.get(f"/alerts/{alert}")["silenced_until"] is not None
    again = row.get_by_role("button", name="End the silence")
    expect(again).to_be_focused()
    again.press("Enter")
    expect(told).to_be_visible()
    assert shown.lab.get(f"/alerts/{alert}")["silenced_until"] is None


@pytest.mark.parametrize(
    ("locale", "fires"), [("en-GB", "firing"), ("de-DE", "besteht"), ("ru-RU", "активно")]
)
def test_on_a_phone_alerts_are_no_wider_than_the_window(open_page: OpenPage, locale: str, fires: str) -> None:
    shown = open_page("/tasks", viewport=PHONE, locale=locale)
    name, _ = stop_a_leaf(shown)
    expect(shown.part("alert-banner")).to_be_visible()
    shown.part("alert-bell").click()
    expect(row_of(shown, name)).to_contain_text(fires)
    dialog = shown.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert dialog.evaluate(IN_WINDOW)
    assert not faults(shown)
    shown.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
