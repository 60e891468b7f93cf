"""A press on what the dashboard has counted leads to exactly these tasks, by mouse and by keys."""

from __future__ import annotations

import re
import time
from typing import Any, Literal
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.conftest import OpenPage
from tests.e2e.test_dashboard import opened, plot, query_of
from tests.e2e.watched import LabPage
from tests.support.live_lab import LiveLab

Way = Literal["mouse", "keys"]
BURSTS_AT_MOST = 5
PRIORITIES = {"low": 3, "high": 2, "critical": 1}


@pytest.fixture
def category(lab: LiveLab) -> str:
    """A category that no other test has, with tasks of three priorities; one is cancelled."""
    name = f"bars-{uuid4().hex[:8]}"
    given: list[dict[str, Any]] = []
    for priority, count in PRIORITIES.items():
        given += lab.post("/tasks", {"count": count, "priority": priority, "category": name})["tasks"]
    lab.until(
        lambda: lab.get(f"/figures?category={name}"), lambda now: now["requests"]["by_status"]["running"] == 6
    )
    lab.http.delete(f"{lab.balancer}/tasks/{given[-1]['id']}").raise_for_status()
    lab.until(
        lambda: lab.get(f"/figures?category={name}"),
        lambda now: now["requests"]["by_status"]["cancelled"] == 1,
    )
    return name


def press(target: Locator, way: Way) -> None:
    """Press a bar."""
    if way == "mouse":
        target.click()
    else:
        link = target.locator("xpath=ancestor::a")
        link.focus()
        link.press("Enter")


def rows(shown: LabPage) -> set[str]:
    """The ids of the tasks that the page of tasks shows, all of them."""
    expect(shown.part("tasks-loaded")).to_have_text(re.compile(r"^\d+ tasks?$"))
    told = shown.part("tasks-loaded").inner_text().split()[0]
    there = shown.page.locator("[data-testid=task-rows] [data-testid^=task-]")
    expect(there).to_have_count(int(told))
    found = there.evaluate_all("(rows) => rows.map((row) => row.dataset.testid)")
    return {str(each).removeprefix("task-") for each in found}


def ids(tasks: list[dict[str, Any]]) -> set[str]:
    return {task["id"] for task in tasks}


@pytest.mark.parametrize("way", ["mouse", "keys"])
def test_each_bar_leads_to_the_tasks_that_it_counts(category: str, open_page: OpenPage, way: Way) -> None:
    shown = opened(open_page, f"?category={category}&priority=critical,high,low")
    listed = shown.lab.get(f"/tasks?category={category}&sort=-submitted&limit=1000")
    tasks: list[dict[str, Any]] = listed["tasks"]
    node = next(task["node"] for task in tasks if task["status"] == "running")
    bars = {
        "status": ("running", "cancelled", "failed"),
        "priority": ("low", "critical"),
        "category": (category,),
        "node": (node,),
    }
    for key, values in bars.items():
        for value in values:
            wanted = ids([task for task in tasks if task[key] == value])
            bar = shown.part(f"bar-{key}-{value}")
            expect(bar).to_have_text(str(len(wanted)))
            press(bar, way)
            expect(shown.page).to_have_url(re.compile(r"/tasks\?"))
            assert rows(shown) == wanted
            shown.page.go_back()
            expect(shown.part("tile-executors")).to_be_visible()


def test_what_has_no_category_has_a_bar_that_leads_there(lab: LiveLab, open_page: OpenPage) -> None:
    lab.post("/tasks", {"count": 2, "priority": "critical"})
    shown = opened(open_page, "?priority=critical")
    bar = shown.part("bar-category--")
    expect(bar).to_be_visible()
    bar.click()
    expect(shown.page).to_have_url(re.compile(r"/tasks\?"))
    tasks = lab.get("/tasks?priority=critical&without=category&sort=-submitted&limit=1000")["tasks"]
    assert rows(shown) == ids([task for task in tasks if task["category"] == ""]) == ids(tasks)


def burst(lab: LiveLab, count: int) -> tuple[int, set[str]]:
    """Submit tasks in a step of their own; returns its beginning, and their ids.

    Where a node stands still meanwhile they come in more than one step: then others are submitted.
    """
    for _ in range(BURSTS_AT_MOST):
        step, since, until, given = one_burst(lab, count)
        if ids(lab.get(f"/tasks?since={since}&until={until}&limit=1000")["tasks"]) == given:
            return step, given
    raise AssertionError(f"{BURSTS_AT_MOST} times a step has not counted just the tasks that came in it")


def one_burst(lab: LiveLab, count: int) -> tuple[int, float, float, set[str]]:
    """Submit tasks; returns the step in which they began to come, its beginning and end, and their ids."""
    quiet = lab.get("/figures")["cursor"]
    lab.until(lambda: lab.get("/figures")["cursor"] > quiet + 1)
    began = int(time.time())
    given = ids(lab.post("/tasks", {"count": count})["tasks"])
    step, since, until = lab.until(lambda: first_step(lab, began))
    return step, since, until, given


def first_step(lab: LiveLab, began: int) -> tuple[int, float, float] | None:
    """The first step from a moment on in which tasks came, and between which moments they did."""
    told = lab.get(f"/figures/series?points=600&since={began}")
    ends: list[float | None] = told["counted_until"]
    steps = zip(told["time"], [told["counted_since"], *ends], ends, told["series"]["in"], strict=False)
    for at, since, until, rate in steps:
        if rate and at >= began and since is not None and until is not None:
            return int(at), since, until
    return None


@pytest.mark.parametrize("way", ["mouse", "keys"])
def test_a_step_of_the_chart_of_rates_leads_to_the_tasks_that_came_then(
    lab: LiveLab, open_page: OpenPage, way: Way
) -> None:
    came = [burst(lab, 3), burst(lab, 2)]
    since, until = came[0][0] - 5, came[-1][0] + 5
    lab.until(lambda: lab.get("/figures"), lambda now: now["time"] > until)
    shown = opened(open_page, f"?since={since}&until={until}")
    slider = shown.part("chart-rates").get_by_role("slider")
    for step, given in came:
        expect(slider).to_have_attribute("aria-valuetext", re.compile(r"\d"))
        if way == "mouse":
            over = plot(shown, "rates")
            over.scroll_into_view_if_needed()
            box = over.bounding_box()
            assert box
            # A press on the later part of a step is one on this step still.
            x = (step + 0.8 - since) / (until - since) * box["width"]
            over.click(position={"x": x, "y": box["height"] / 2})
        else:
            slider.focus()
            slider.press("Home")
            for _ in range(until - since):
                if slider.get_attribute("aria-valuenow") == str(step):
                    break
                slider.press("ArrowRight")
            expect(slider).to_have_attribute("aria-valuenow", str(step))
            slider.press("Enter")
        expect(shown.page).to_have_url(re.compile(r"/tasks\?since=[\d.]+&until=[\d.]+"))
        assert rows(shown) == given
        span = query_of(shown.page)
        listed = lab.get(f"/tasks?since={span['since'][0]}&until={span['until'][0]}&limit=1000")["tasks"]
        assert ids(listed) == given
        shown.page.go_back()
        expect(shown.part("tile-executors")).to_be_visible()


@pytest.mark.parametrize("way", ["mouse", "keys"])
def test_a_cell_of_the_heat_map_leads_to_the_tasks_of_its_node(
    lab: LiveLab, open_page: OpenPage, way: Way
) -> None:
    names = [str(node["name"]) for node in lab.get("/status")["nodes"]]
    at = 9
    given = set(lab.post("/tasks", {"node": names[at], "count": 4})["tasks"])
    lab.until(
        lambda: lab.get("/figures/nodes?measure=load_per_core&points=60"),
        lambda told: (told["values"][at][-1] or 0) > 0,
    )
    shown = opened(open_page, "?range=1m")
    over = plot(shown, "heat")
    over.scroll_into_view_if_needed()
    slider = shown.part("chart-heat").get_by_role("slider")
    expect(slider).to_have_attribute("aria-valuetext", re.compile(re.escape(names[at])))
    if way == "mouse":
        box = over.bounding_box()
        assert box
        over.click(position={"x": box["width"] - 3, "y": (at + 0.5) / len(names) * box["height"]})
    else:
        slider.focus()
        slider.press("End")
        slider.press("Enter")
    expect(shown.page).to_have_url(re.compile(r"/tasks\?node="))
    assert query_of(shown.page)["node"] == [names[at]]
    shown_rows = rows(shown)
    assert given <= shown_rows
    tasks = lab.get(f"/tasks?node={names[at]}&sort=-submitted&limit=1000")["tasks"]
    assert shown_rows <= ids(tasks)
