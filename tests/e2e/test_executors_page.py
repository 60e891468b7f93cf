"""The page of executors: what each takes is changed in place, and each has an address."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.conftest import NODES, OpenPage
from tests.e2e.test_tasks_page import faults
from tests.e2e.watched import LabPage


def executor(shown: LabPage, name: str) -> dict[str, object]:
    """The lab's own word on a node as an executor."""
    found: dict[str, object] = next(
        one for one in shown.lab.get("/executors")["executors"] if one["name"] == name
    )
    return found


def test_an_executor_is_changed_in_place_and_what_the_lab_refuses_is_told_there(open_page: OpenPage) -> None:
    shown = open_page("/executors", lossy=True)
    name = shown.names[-1]
    row = shown.part(f"executor-{name}")
    expect(shown.part("executors-found")).to_have_text(f"{NODES} of {NODES}")
    row.get_by_test_id("executor-roles").fill("gpu, camera")
    row.get_by_test_id("executor-roles").press("Enter")
    shown.lab.until(lambda: executor(shown, name)["roles"], lambda roles: roles == ["gpu", "camera"])
    row.get_by_test_id("executor-weight").fill("much")
    row.get_by_test_id("executor-weight").press("Enter")
    expect(row.get_by_role("alert")).to_be_visible()
    row.get_by_test_id("executor-weight").press("Escape")
    assert not faults(shown)
    row.get_by_test_id(f"active-{name}").press("Space")
    shown.lab.until(lambda: executor(shown, name)["active"], lambda active: active is False)
    shown.part("executor-state-filter").select_option("inactive")
    expect(shown.page).to_have_url(re.compile("state=inactive"))
    expect(shown.part("executors-found")).to_have_text(f"1 of {NODES}")
    row.get_by_role("link", name=name).click()
    expect(shown.page).to_have_url(re.compile(f"/executors/{name}$"))
    shown.part("executor-limit").fill("3")
    shown.part("executor-limit").press("Enter")
    shown.lab.until(lambda: executor(shown, name)["limit"], lambda limit: limit == 3)
    assert not faults(shown)
    shown.part("executor-tasks").click()
    expect(shown.part("task-node-filter")).to_have_attribute("data-chosen", name)


def test_an_executor_that_is_not_in_the_network_is_told(open_page: OpenPage) -> None:
    shown = open_page("/executors/nobody")
    expect(shown.part("executor-gone")).to_contain_text("There is no executor nobody")


def test_on_a_phone_nothing_scrolls_sideways(open_page: OpenPage) -> None:
    shown = open_page("/executors", viewport={"width": 360, "height": 740})
    expect(shown.part(f"executor-{shown.names[0]}")).to_be_visible()
    assert shown.page.evaluate(
        "[document.documentElement, document.querySelector('[data-testid=executors]')]"
        ".every((box) => box.scrollWidth <= box.clientWidth)"
    )
    assert not faults(shown)
