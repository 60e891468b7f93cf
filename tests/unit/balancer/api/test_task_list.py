"""Lists of tasks: which ones, in which order, a page at a time."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests.unit.balancer.lab import bench
from tests.unit.balancer.reported_waves import tree
from topowave.tasks.limits import COUNTED_IN_INDEX, COUNTED_ROWS, LONGEST_TIME, PAGE_TASKS, QUERY_CHARS

pytestmark = pytest.mark.anyio


async def test_tasks_are_listed_in_pages_of_those_that_are_wanted_in_their_order() -> None:
    async with bench(tree(1), task_time=1000) as lab:

        async def ids(query: str) -> list[str]:
            return [task["id"] for task in (await lab.get(f"/tasks?{query}"))["tasks"]]

        own = (await lab.post("/tasks", {"node": "root", "count": 5}))["tasks"]
        (other,) = (await lab.post("/tasks", {"node": "root0", "count": 1}))["tasks"]
        first = await lab.get("/tasks?node=root&limit=3")
        assert [task["id"] for task in first["tasks"]] == own[:3]
        cursor = quote(first["next"])
        rest = await lab.get(f"/tasks?node=root&limit=3&cursor={cursor}")
        assert ([task["id"] for task in rest["tasks"]], rest["next"]) == (own[3:], None)
        assert await ids("node=root&skip=3") == await ids("limit=2&skip=3") == own[3:]
        behind = await lab.get(f"/tasks?node=root&limit=3&cursor={cursor}&skip=2")
        assert (behind["tasks"], behind["next"]) == ([], None)
        assert await ids("sort=-submitted") == [other, *reversed(own)]
        assert await ids("status=assigned") == own[2:]
        assert await ids("status=assigned&status=running&sort=priority") == [*own, other]
        assert await ids("status=failed") == []
        assert await ids(f"text={own[1].upper()}") == [own[1]]
        assert await ids("sort=finished") == []
        assert await ids("node=root&node=root0") == [*own, other]
        assert await ids("priority=high&priority=medium&without=category&without=role") == [*own, other]
        assert await ids("without=node&node=root0") == [other]
        assert await ids("without=node") == await ids("category=blue&category=green") == []
        assert await ids("priority=high") == await ids("kind=script") == await ids("until=1") == []
        since = (await lab.get(f"/tasks/{other}"))["submitted_at"]
        assert other in await ids(f"since={since}")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("status=lost", "query.status.0"),
        ("sort=id", "query.sort"),
        ("limit=0", "query.limit"),
        (f"limit={PAGE_TASKS + 1}", "query.limit"),
        ("node=" + "x" * (QUERY_CHARS + 1), "query.node"),
        *((f"{name}=a%00b", f"query.{name}.0: ") for name in ("category", "node", "role")),
        *((f"{name}=a%00b", f"query.{name}: ") for name in ("request", "text")),
        ("priority=urgent", "query.priority.0"),
        ("without=kind", "query.without.0"),
        ("since=-1", "query.since"),
        ("since=nan", "query.since"),
        (f"until={LONGEST_TIME * 10}", "query.until"),
        ("after=3", "query.after"),
        (f"skip={COUNTED_IN_INDEX + 1}", "query.skip"),
        (f"category=none&skip={COUNTED_ROWS + 1}", f"and {COUNTED_ROWS} rows were looked at"),
        ("cursor=7", "query.cursor: the cursor is none; it is the `next` of the page before"),
    ],
)
async def test_what_makes_no_sense_in_a_list_is_refused_by_its_name(query: str, said: str) -> None:
    async with bench(tree(1), run_nodes=False) as lab:
        answer = await lab.http.get(f"/tasks?{query}")
        assert answer.status_code == 422
        assert said in answer.json()["detail"]


async def test_a_cursor_of_another_order_is_refused() -> None:
    async with bench(tree(1), task_time=1000) as lab:
        await lab.post("/tasks", {"node": "root", "count": 2})
        cursor = quote((await lab.get("/tasks?limit=1"))["next"])
        answer = await lab.http.get(f"/tasks?sort=priority&cursor={cursor}")
        assert answer.status_code == 422
        assert "of a list sorted by submitted, and sort is priority" in answer.json()["detail"]
