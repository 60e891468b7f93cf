"""The panel of tasks: a script is submitted and its result read, a task cancelled, a node switched off."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Locator, expect

from tests.e2e.conftest import OpenPage
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
    shown.choose("task-node-filter", leaf)
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
    tasks(shown, "failed").filter(has_text="fails").first.click()
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
    expect(shown.page.locator("[data-testid^='task-'].wave")).to_have_count(1)  # else it may move away
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


def test_what_a_node_takes_is_changed_in_its_row_and_a_refusal_keeps_what_was_typed(
    open_page: OpenPage,
) -> None:
    # a refusal is an answer of 422, of which browsers complain
    shown = open_page("/?tab=tasks&taskView=executors", lossy=True)
    node = shown.names[1]
    row, fields = shown.part(f"executor-{node}"), shown.part(f"edit-{node}")
    row.get_by_test_id("executor-change").press("Enter")
    roles, weight = fields.get_by_test_id("executor-roles"), fields.get_by_test_id("executor-weight")
    limit = fields.get_by_test_id("executor-limit")
    weight.fill("2,5")
    weight.press("Enter")
    expect(row).to_contain_text("weight 2.5")
    expect(fields.get_by_test_id("executor-said")).to_have_text(f"{node} is changed.")
    expect(weight).to_be_focused()
    limit.fill("3")
    roles.fill("gpu, gpu")  # leaving a field sends it
    expect(row).to_contain_text("at most 3")
    roles.press("Tab")
    expect(roles).to_have_attribute("aria-invalid", "true")
    expect(fields).to_contain_text('"gpu" is listed twice')
    # Somebody else changes the node meanwhile: the rest follows, what is typed stays.
    other = {"weight": 4, "roles": ["video"]}
    shown.lab.http.patch(f"{shown.lab.balancer}/executors/{node}", json=other).raise_for_status()
    expect(row).to_contain_text("video · weight 4")
    expect(weight).to_have_value("4")
    expect(roles).to_have_value("gpu, gpu")
    shown.part("tab-nodes").click()
    shown.part("tab-tasks").click()
    expect(roles).to_have_value("gpu, gpu")
    roles.press("Escape")
    expect(roles).to_have_value("video")
    for field, text in ((roles, ""), (weight, "1"), (limit, "")):
        field.fill(text)
        field.press("Enter")
    expect(row).not_to_contain_text("at most")
    said = shown.lab.get(f"/executors/{node}")
    assert (said["roles"], said["weight"], said["limit"]) == ([], 1, None)


def test_a_node_leads_to_its_tasks_and_a_task_to_its_node_and_its_request(page_shown: LabPage) -> None:
    shown, leaf = page_shown, page_shown.names[-1]
    added = shown.lab.post("/tasks", {"node": leaf, "count": 2, "request": "two"})["tasks"]
    shown.lab.post("/tasks", {"node": shown.names[0], "count": 1})
    own = len(shown.lab.get(f"/tasks?node={leaf}&sort=-submitted&limit=50")["tasks"])
    every = len(shown.lab.get("/tasks?limit=50")["tasks"])
    shown.row(leaf).click()
    shown.part("node-tasks").press("Enter")
    expect(shown.part("drawer")).to_have_count(0)
    expect(shown.part("tasks")).to_be_focused()
    expect(shown.part("filters-set")).to_contain_text(f"Node: {leaf}")
    expect(shown.part("tasks").locator("li")).to_have_count(own)
    shown.part(f"task-{added[0]['id']}").click()
    expect(shown.page).to_have_url(re.compile("selection=task"))
    shown.part("drawer").get_by_role("button", name=leaf, exact=True).click()
    expect(shown.part("drawer").get_by_role("heading", level=2)).to_have_text(leaf)
    expect(shown.page).to_have_url(re.compile("selection=node"))
    shown.page.go_back()  # to the task
    shown.part("task-request").click()
    expect(shown.part("filters-set")).to_contain_text("Request: two")
    expect(shown.part("tasks").locator("li")).to_have_count(2)
    shown.part("clear-filters").click()
    expect(shown.part("tasks").locator("li")).to_have_count(every)
    shown.part("task-views").get_by_text("Executors", exact=True).click()
    shown.part("executor-search").fill(leaf)
    shown.part(f"executor-{leaf}").get_by_test_id("executor-change").click()
    shown.part("executor-tasks").click()
    expect(shown.part("tasks").locator("li")).to_have_count(own)


def test_the_list_of_tasks_survives_a_reload_and_back(page_shown: LabPage) -> None:
    shown, page = page_shown, page_shown.page
    leaf = shown.names[-1]
    shown.lab.post("/tasks", {"node": leaf, "count": 2, "category": "video"})
    open_view(shown, "List")
    shown.part("task-status-filter").select_option("running")
    page.get_by_text("More filters").click()
    shown.choose("task-node-filter", leaf)
    shown.part("task-category-filter").fill("video")
    shown.part("task-since-filter").fill("2026-01-02T03:04")
    expect(page).to_have_url(re.compile("taskSince="))  # what changes within 100 ms is one step back
    shown.part("task-sort").select_option("priority")
    expect(page).to_have_url(re.compile("taskSort=priority"))
    page.reload()
    expect(shown.part("task-sort")).to_have_value("priority")
    expect(shown.part("task-status-filter")).to_have_value("running")
    expect(shown.part("filters-set")).to_contain_text(
        f"Node: {leaf} · Category: video · Submitted since: 2026-01-02 03:04"
    )
    page.get_by_text("More filters").click()
    expect(shown.part("task-since-filter")).to_have_value("2026-01-02T03:04")
    page.go_back()
    expect(shown.part("task-sort")).to_have_value("-submitted")
    expect(shown.part("task-node-filter")).to_have_attribute("data-chosen", leaf)
    shown.part("clear-filters").click()
    expect(shown.part("task-since-filter")).to_have_value("")
    expect(page).not_to_have_url(re.compile("taskNode|taskSince|taskCategory|taskStatus"))


def test_a_page_of_tasks_further_on_has_an_address(page_shown: LabPage) -> None:
    shown = page_shown
    shown.lab.post("/tasks", {"node": shown.names[0], "count": 60, "category": "many"})
    open_view(shown, "List")
    shown.page.get_by_text("More filters").click()
    shown.part("task-category-filter").fill("many")
    expect(shown.part("tasks").locator("li")).to_have_count(50)
    first = shown.part("tasks").locator("button").first.get_attribute("data-testid")
    shown.part("tasks-next").click()
    expect(shown.part("tasks").locator("li")).to_have_count(10)
    expect(shown.page).to_have_url(re.compile("taskCursor="))
    shown.page.reload()
    expect(shown.part("tasks").locator("li")).to_have_count(10)
    shown.page.go_back()
    expect(shown.part("tasks").locator("li")).to_have_count(50)
    assert shown.part("tasks").locator("button").first.get_attribute("data-testid") == first
