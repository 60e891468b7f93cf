"""The panel of tasks: a script is submitted and its result read, a task cancelled, a node switched off."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Locator, expect

from tests.e2e.watched import LabPage

HOSTILE = {
    "__proto__": {"polluted": 1},
    "\u202ekey": "\x1b[2J<img src=x onerror=alert(1)>",
    "long": "x" * 9000,
}


def open_view(shown: LabPage, view: str) -> None:
    """Open the panel of tasks, and one of its three views."""
    shown.part("tab-tasks").click()
    shown.part("task-views").get_by_text(view, exact=True).click()


def tasks(shown: LabPage, status: str) -> Locator:
    """The tasks in the list that are in this state."""
    return shown.page.locator(f"[data-testid^='task-'][data-status={status}].wave")


def test_a_script_is_submitted_and_what_it_returns_is_only_text(page_shown: LabPage) -> None:
    shown = page_shown
    open_view(shown, "New task")
    shown.part("form-script").select_option("example faulty")
    shown.part("form-params").fill('{"value": ')
    expect(shown.part("task-form")).to_contain_text("This is no JSON")
    expect(shown.part("form-send")).to_be_disabled()
    shown.part("form-params").fill(json.dumps({"value": HOSTILE}))
    shown.page.get_by_text("More", exact=True).click()
    shown.part("form-title").fill("hostile")
    shown.part("form-send").click()
    expect(shown.part("notice-done").last).to_contain_text("1 task submitted, to 1 node.")
    expect(tasks(shown, "completed").filter(has_text="hostile")).to_have_count(1)
    tasks(shown, "completed").filter(has_text="hostile").click()
    drawer = shown.part("drawer")
    expect(drawer).to_contain_text('"__proto__": {')
    expect(drawer).to_contain_text('"\\u202ekey": "\\\\u001b[2J<img src=x onerror=alert(1)>"')
    expect(drawer).to_contain_text("characters in all; the first are shown.")
    expect(shown.part("task-history")).to_contain_text("completed")
    assert "polluted" not in shown.page.evaluate("() => Object.keys(Object.prototype)")
    assert not re.search("[\x1b\u202e]", shown.page.evaluate("document.body.innerText"))


def test_a_task_is_found_and_cancelled(page_shown: LabPage) -> None:
    shown, leaf = page_shown, page_shown.names[-1]
    added = shown.lab.post("/tasks", {"node": leaf, "count": 3})["tasks"]
    open_view(shown, "List")
    shown.page.get_by_text("More filters").click()
    shown.part("task-node-filter").select_option(leaf)
    shown.part("task-status-filter").select_option("running")
    expect(tasks(shown, "running")).not_to_have_count(0)
    expect(tasks(shown, "assigned")).to_have_count(0)
    shown.part(f"task-{added[0]}").click()
    shown.part("cancel-task").click()
    expect(shown.part("task-status")).to_have_text("cancelled")
    expect(shown.part("cancel-task")).to_be_focused()
    expect(shown.part("cancel-task")).to_be_disabled()


def test_a_task_that_has_failed_is_put_back_and_one_that_waits_is_made_urgent(page_shown: LabPage) -> None:
    shown = page_shown
    fails = {"script": "faulty", "params": {"reason": "raised"}, "title": "fails"}
    shown.lab.post("/tasks", fails | {"node": shown.names[1]})
    open_view(shown, "List")
    shown.part("task-search").fill("fails")
    tasks(shown, "failed").first.click()
    expect(shown.part("drawer")).to_contain_text("it was told to raise this")
    shown.part("retry-task").click()
    expect(shown.part("task-history")).to_contain_text("put back")
    waits = str(shown.lab.post("/tasks", fails | {"max_attempts": 2, "backoff": 300})["tasks"][0]["id"])
    shown.lab.until(
        lambda: shown.lab.get(f"/tasks/{waits}"),
        lambda task: task["status"] == "pending" and task["attempts"],
    )
    shown.part("drawer").get_by_role("button", name="Close").click()
    shown.part("task-search").fill(waits)
    shown.part(f"task-{waits}").click()
    shown.part("change-priority").select_option("critical")
    shown.lab.until(lambda: shown.lab.get(f"/tasks/{waits}"), lambda task: task["priority"] == "critical")
    expect(shown.part("change-priority")).to_have_value("critical")
    shown.part("cancel-task").click()
    expect(shown.part("task-status")).to_have_text("cancelled")


def test_a_node_that_is_switched_off_gets_nothing_new(page_shown: LabPage) -> None:
    shown, leaf = page_shown, page_shown.names[-1]
    open_view(shown, "Executors")
    shown.part("executor-search").fill(leaf)
    row = shown.part(f"executor-{leaf}")
    switch = row.get_by_role("switch")
    switch.press("Space")
    expect(row).to_have_attribute("data-status", "inactive")
    expect(switch).to_be_focused()
    assert shown.lab.get(f"/executors/{leaf}")["active"] is False
    switch.press("Space")
    expect(row).to_have_attribute("data-status", "active")
