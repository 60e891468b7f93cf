"""The page of tasks: a list of any length, many changed at once and taken back, a task's life."""

from __future__ import annotations

import re

from playwright.sync_api import Route, expect

from tests.e2e.conftest import OpenPage
from tests.e2e.test_accessibility import AXE, FIND
from tests.e2e.watched import LabPage
from topowave.balancer.limits import BULK_TASKS
from topowave.tasks.limits import LISTING_ROWS, TASKS_AT_ONCE

MANY = 900
HELD = "[data-testid=task-rows] .task-status"
"""Where it is said of tasks that they are about to be cancelled."""


def statuses(shown: LabPage, ids: list[str]) -> list[str]:
    """The lab's own word on tasks."""
    return [str(shown.lab.get(f"/tasks/{task}")["status"]) for task in ids]


def waiting_on_root(shown: LabPage, count: int) -> list[str]:
    """Give the root so many tasks; return those that wait, once each of its cores has another."""
    root = shown.lab.get("/status")["nodes"][0]
    given = [str(task) for task in shown.lab.post("/tasks", {"node": root["name"], "count": count})["tasks"]]
    found = shown.lab.until(
        lambda: statuses(shown, given), lambda found: found.count("running") == root["cpu"]
    )
    return [task for task, status in zip(given, found, strict=True) if status == "assigned"]


def faults(shown: LabPage) -> list[str]:
    """What axe-core finds."""
    shown.page.add_script_tag(path=AXE)
    found: list[str] = shown.page.evaluate(FIND, {"but": [], "only": None})
    return found


def test_a_long_list_has_few_rows_and_is_scrolled_to_its_end(open_page: OpenPage) -> None:
    shown = open_page("/tasks?sort=submitted&category=long")  # the lab keeps those of tests before
    shown.lab.post("/tasks", {"node": shown.names[0], "count": MANY, "category": "long"})
    page, table = shown.page, shown.part("task-table")
    expect(shown.part("tasks-loaded")).to_have_text(f"{MANY} tasks")
    expect(table).to_have_attribute("aria-rowcount", str(MANY + 1))
    assert page.locator("[data-testid=task-rows] > *").count() < 60
    table.focus()
    page.keyboard.press("PageDown")
    expect(table.locator("[aria-rowindex='2']")).not_to_be_in_viewport()
    page.keyboard.press("End")
    expect(table.locator(f"[aria-rowindex='{MANY + 1}']").get_by_role("link")).to_be_in_viewport()
    page.keyboard.press("Home")
    expect(table.locator("[aria-rowindex='2']").get_by_role("link")).to_be_in_viewport()
    table.evaluate("(table) => { table.scrollTop = table.scrollHeight; }")
    last = table.locator(f"[aria-rowindex='{table.get_attribute('aria-rowcount')}']").get_by_role("link")
    href = last.get_attribute("href")
    last.click()
    expect(page).to_have_url(re.compile(f"{re.escape(str(href))}$"))
    page.go_back()  # to the same row
    expect(page.locator(f"a[href='{href}']")).to_be_visible()


def test_a_cancel_of_many_is_held_back_and_can_be_taken_back(open_page: OpenPage) -> None:
    shown = open_page("/tasks?status=assigned")
    waiting = waiting_on_root(shown, 12)
    for task in waiting[:2]:
        shown.part(f"select-{task}").check()
    shown.note(HELD)
    shown.part("cancel-selected").click()
    shown.part("notice-action").click()  # in time: nothing else is asked of a browser that may stand still
    shown.expect_noted(HELD, "to be cancelled")
    expect(shown.part(f"task-{waiting[0]}")).to_contain_text("assigned")
    assert statuses(shown, waiting[:2]) == ["assigned", "assigned"]
    for task in waiting[:2]:
        shown.part(f"select-{task}").check()
    shown.note("[data-testid=notice-done]")
    shown.part("cancel-selected").click()
    shown.expect_noted("[data-testid=notice-done]", "2 tasks will be cancelled in 6 s.")
    shown.expect_noted("[data-testid=notice-done]", "2 tasks cancelled.")
    assert statuses(shown, waiting[:3]) == ["cancelled", "cancelled", "assigned"]


def test_the_priority_of_many_is_changed_at_once_and_put_back(open_page: OpenPage) -> None:
    shown = open_page("/tasks?status=assigned")
    waiting = waiting_on_root(shown, 12)
    expect(shown.part(f"select-{waiting[0]}")).to_be_visible()
    shown.part("select-all").check()
    assert not faults(shown)
    shown.part("priority-selected").select_option("critical")
    expect(shown.part(f"task-{waiting[0]}")).to_contain_text("critical")
    assert {shown.lab.get(f"/tasks/{task}")["priority"] for task in waiting} == {"critical"}
    shown.part("notice-action").click()
    expect(shown.part(f"task-{waiting[0]}")).to_contain_text("medium")
    assert {shown.lab.get(f"/tasks/{task}")["priority"] for task in waiting} == {"medium"}


def test_a_script_is_submitted_by_the_fields_that_it_declares_and_run_again(open_page: OpenPage) -> None:
    shown = open_page("/tasks?submit=1")
    page = shown.page
    shown.part("form-script").select_option("example pi")
    shown.part("param-samples").fill("2000")
    shown.part("param-seed").fill("7")
    shown.part("form-send").click()
    row = page.locator("[data-testid=task-rows] > [role=row]").first
    expect(row).to_contain_text("completed")
    row.get_by_role("link").click()
    expect(shown.part("task-status")).to_have_text("completed")
    expect(shown.part("task-life")).to_contain_text("runs")
    expect(shown.part("task-life").get_by_role("img").first).to_be_visible()
    assert not faults(shown)
    first = page.url
    task = shown.lab.get(f"/tasks/{first.rsplit('/', 1)[1]}")
    assert task["params"] == {"samples": 2000, "seed": 7}
    shown.part("run-again").click()
    expect(page).not_to_have_url(first)
    expect(shown.part("task-status")).to_have_text("completed")
    again = shown.lab.get(f"/tasks/{page.url.rsplit('/', 1)[1]}")
    assert (again["params"], again["result"]) == (task["params"], task["result"])


def test_a_task_that_the_lab_does_not_keep_is_told(open_page: OpenPage) -> None:
    shown = open_page("/tasks/nobody", lossy=True)
    expect(shown.part("task-gone")).to_contain_text("The lab does not keep the task nobody")


def test_on_a_phone_nothing_scrolls_sideways(open_page: OpenPage) -> None:
    shown = open_page("/tasks", viewport={"width": 360, "height": 740})
    shown.lab.post("/tasks", {"node": shown.names[0], "count": 12})
    expect(shown.page.locator("[data-testid=task-rows] > [role=row]").first).to_be_visible()
    assert shown.page.evaluate(
        "[document.documentElement, document.querySelector('[data-testid=task-table]')]"
        ".every((box) => box.scrollWidth <= box.clientWidth)"
    )
    assert not faults(shown)


def test_all_that_match_are_cancelled_also_those_that_are_not_loaded(open_page: OpenPage) -> None:
    shown = open_page("/tasks?category=heap")
    order = {"node": shown.names[0], "count": MANY, "category": "heap"}
    shown.lab.post("/tasks", order)
    kept = shown.lab.post("/tasks", {"node": shown.names[0], "count": 1, "category": "kept"})["tasks"]
    expect(shown.part("tasks-loaded")).to_have_text(f"{MANY} tasks")
    shown.part("select-all").check()
    shown.part("select-matching").click()
    expect(shown.part("selection")).to_contain_text("All that match are selected")
    assert not faults(shown)
    shown.part("priority-selected").select_option("low")
    expect(shown.part("notice-action")).to_be_visible()
    waiting = shown.lab.get("/tasks?category=heap&status=assigned&count=true&priority=low")["matching"]
    assert MANY - 20 < waiting["tasks"] < MANY
    shown.part("notice-action").click()
    shown.lab.until(
        lambda: shown.lab.get("/tasks?category=heap&priority=low&count=true")["matching"],
        lambda found: found == {"tasks": 0, "exact": True},
    )
    shown.part("select-all").check()
    shown.part("select-matching").click()
    shown.note("[data-testid=notice-done]")
    shown.note(HELD)
    shown.part("cancel-selected").click()
    shown.expect_noted("[data-testid=notice-done]", f"{MANY} tasks cancelled.")
    shown.expect_noted("[data-testid=notice-done]", f"{MANY} tasks will be cancelled in 6 s.")
    shown.expect_noted(HELD, "to be cancelled")
    counted = shown.lab.get("/tasks?category=heap&status=cancelled&count=true")["matching"]
    assert counted["tasks"] == MANY
    assert statuses(shown, [task["id"] for task in kept]) != ["cancelled"]


def test_on_a_phone_headings_stand_over_their_cells(open_page: OpenPage) -> None:
    shown = open_page("/tasks", viewport={"width": 390, "height": 800})
    shown.lab.post("/tasks", {"node": shown.names[0], "count": 3})
    row = shown.page.locator("[data-testid=task-rows] > [role=row]").first
    expect(row).to_be_visible()
    heads = shown.part("task-table").locator("[role=columnheader]")
    for at, cell in ((2, ".task-status"), (3, ".priority"), (4, ".node"), (6, ".figure")):
        head, below = heads.nth(at).bounding_box(), row.locator(cell).first.bounding_box()
        assert head is not None
        assert below is not None
        assert abs(head["x"] - below["x"]) < 2, cell
        assert abs(head["width"] - below["width"]) < 2, cell


def test_a_new_task_behind_thousands_that_do_not_match_is_listed(open_page: OpenPage) -> None:
    shown = open_page("/guide/network")
    for _ in range(0, LISTING_ROWS + 1, TASKS_AT_ONCE):  # one page of a listing looks at fewer
        shown.lab.post("/tasks", {"node": shown.names[0], "count": TASKS_AT_ONCE, "category": "others"})
    shown.page.goto(f"http://127.0.0.1:{shown.lab.page_port}/tasks?category=behind&sort=submitted")
    expect(shown.part("tasks-loaded")).to_have_text("0 tasks")
    for count in (1, 2):
        shown.lab.post("/tasks", {"node": shown.names[0], "count": 1, "category": "behind"})
        expect(shown.part("tasks-loaded")).to_have_text("1 task" if count == 1 else "2 tasks")


def test_a_change_of_all_that_match_is_stopped_and_what_was_done_is_put_back(open_page: OpenPage) -> None:
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    shown = open_page("/tasks?category=stopped")
    page, count = shown.page, BULK_TASKS + 100
    for each in (BULK_TASKS, count - BULK_TASKS):
        shown.lab.post("/tasks", {"node": shown.names[0], "count": each, "category": "stopped"})
    page.route("**/tasks/bulk", hold_the_first)
    expect(shown.part("tasks-loaded")).to_have_text(
        f"{count:,} tasks".replace(",", "\N{NARROW NO-BREAK SPACE}")
    )
    shown.part("select-all").check()
    shown.part("select-matching").click()
    shown.part("priority-selected").select_option("critical")
    expect(shown.part("sweep")).to_contain_text("0 of ")
    assert not faults(shown)
    shown.part("stop-sweep").click()
    expect(shown.part("stop-sweep")).to_be_disabled()
    shown.lab.until(lambda: page.title() and len(held), bool)  # to ask the page lets the handler run
    held[0].continue_()
    expect(shown.part("sweep")).not_to_be_visible()

    def critical() -> int:
        answer = shown.lab.get("/tasks?category=stopped&priority=critical&count=true&limit=1")
        return int(answer["matching"]["tasks"])

    told = shown.part("notice-done").last
    expect(told).to_contain_text("New priority: critical (1\N{NARROW NO-BREAK SPACE}000 tasks)")  # one page
    shown.part("notice-action").last.click()
    shown.lab.until(critical, lambda left: left == 0)
