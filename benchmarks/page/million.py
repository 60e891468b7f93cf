"""A million tasks in the list of the page: how long people wait for rows, and what it takes.

The journal is written by its own store, in batches; then a lab is resumed on it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page

from benchmarks.contestants import PATIENCE_S
from benchmarks.page.browser import RENDERER, Processes, chromium
from benchmarks.page.busy_lab import KINDS, Lab, lab, tree
from benchmarks.page.watching import READY, VIEWPORT
from benchmarks.probes import pss_mb
from topowave.tasks import JournalFile, LabTask, begin_run, reader_at
from topowave.tasks.commands import Add, Cancel, Finish, Start
from topowave.tasks.limits import GROUP_OVERLAP
from topowave.tasks.listing import SORTS
from topowave.tasks.retention import Retention
from topowave.tasks.store.sqlite import SqliteStore

Tell = Callable[[str, str], None]
NODES = 15
BATCH = 500
"""Tasks of one transaction."""
CANCELLED_EVERY = 50
"""One task in so many is cancelled, all others are completed."""
UPKEEP_EVERY = 20
"""Batches between two upkeeps of the journal."""
PAGE_TASKS = 200
"""Tasks of a page, as the list asks for them."""
PAGES = 5
"""Pages of each listing that are asked for, one behind the other."""
FILTERS = {
    "all": "",
    "completed": "status=completed",
    "cancelled": "status=cancelled",
    "low priority": "priority=low",
    "of a category": "category=deploy",
    "of a node": "node={node}",
    "of a role that none names": "role=nobody",
    "text that none has": "text=nowhere",
}
FIGURES = ("/figures", "/figures?priority=low", "/figures?category=deploy", "/figures?node={node}", "/status")
ORDERS = ("priority", "finished", "submitted")
"""Columns of the list that order it."""
ON_PAGE = (
    "status=cancelled",
    "priority=low",
    "category=deploy",
    "node={node}",
    "text=.999999",
    "text=nowhere",
)
MOST_MS = 300_000
"""How long anything on the page may take (ms)."""
TABLE = "[data-testid=task-table]"
SEEN = "(table) => { table.dataset.seen = 'yes'; }"
IS_THERE = """() => {
  const table = document.querySelector('[data-testid=task-table]');
  if (!table || table.dataset.seen) return false;
  return table.querySelector('[data-testid=task-rows] [role=rowheader]') !== null
    || table.getAttribute('aria-rowcount') === '1';
}"""
"""Whether another list is there, with rows, or without any that could come."""
AT_END = """() => {
  const table = document.querySelector('[data-testid=task-table]');
  const last = table.querySelector(`[aria-rowindex='${table.getAttribute('aria-rowcount')}']`);
  return last !== null && last.querySelector('[role=rowheader]') !== null;
}"""
"""Whether the last row is there, with its task."""
HALFWAY = """() => {
  const table = document.querySelector('[data-testid=task-table]');
  if (table.dataset.seen) {
    delete table.dataset.seen;
    table.scrollTop = table.scrollHeight / 2;
    return false;
  }
  const rows = [...table.querySelectorAll('[data-testid=task-rows] [role=row]')];
  return table.scrollTop > 0 && rows.length > 0 && rows.every((row) => row.querySelector('[role=rowheader]'));
}"""
"""Whether it is scrolled to its half, with rows; at first it scrolls there."""


def look_through(folder: Path, tasks: int, tell: Tell) -> None:
    """Fill a journal, unless there is one, and read it over HTTP and on the page; `tell` gets each figure."""
    if not folder.is_dir() or not any(folder.iterdir()):
        began_s = time.perf_counter()
        fill(folder, tasks)
        tell("filling the journal", f"{time.perf_counter() - began_s:.0f} s")
    settings = {"tasks_kept": 10 * tasks, "rebalance_interval": 0, "data_dir": str(folder.absolute())}
    began_s = time.perf_counter()
    with lab(NODES, "--resume", processes=NODES, **settings) as running:
        tell("the lab is up on it", f"{time.perf_counter() - began_s:.1f} s")
        first = _ms(lambda: running.get("/figures"))
        tell("first GET /figures", f"{first:.0f} ms")
        tell("balancer's memory then", f"{pss_mb(running.balancer_pid):.0f} MB")
        _ask(running, tell)
        tell("balancer's memory then", f"{pss_mb(running.balancer_pid):.0f} MB")
        with chromium(card=False) as browser:
            _open(running, browser, tell)
        tell("balancer's memory then", f"{pss_mb(running.balancer_pid):.0f} MB")


def fill(folder: Path, tasks: int) -> None:
    """Write so many tasks that are over into a new journal, as nodes would."""
    names = [node.name for node in tree(NODES).nodes]
    run = begin_run(folder, names, resume=False)
    assert isinstance(run.place, JournalFile)
    kept = Retention(tasks=tasks)
    with closing(SqliteStore.open(run.place)) as store, closing(reader_at(run.place, kept)) as reader:
        for turn, begin in enumerate(range(0, tasks, BATCH)):
            node, about = names[turn % NODES], KINDS[turn % len(KINDS)]
            numbers = range(begin, min(tasks, begin + BATCH))
            if (
                numbers.stop == tasks
            ):  # figures read anew what ended in the last seconds: as little as in a lab
                time.sleep(2 * GROUP_OVERLAP)
            own = tuple(about.task(f"{node}.1-1.{number}") for number in numbers)
            store.execute([Add(node, own, turn, attributes={task.id: about for task in own})])
            store.execute([Start(node, own)])
            store.execute(list(_ends(node, own, begin)))
            if turn % UPKEEP_EVERY == 0:
                reader.upkeep()  # as the balancer does: it writes the log back
    run.end()


def _ends(node: str, tasks: tuple[LabTask, ...], first: int) -> Iterator[Finish | Cancel]:
    for number, task in enumerate(tasks, first):
        cancelled = number % CANCELLED_EVERY == 0
        yield Cancel(node, task, "running") if cancelled else Finish(node, task)


def _ask(running: Lab, tell: Tell) -> None:
    """Ask for the first pages of each listing, each filter in each order, and for figures."""
    node = tree(NODES).nodes[1].name
    with httpx.Client(base_url=running.balancer_url, timeout=PATIENCE_S) as client:
        for what, asked in FILTERS.items():
            for sort in SORTS:
                query = f"sort={sort}&limit={PAGE_TASKS}&{asked.format(node=node)}"
                tell(f"GET /tasks, {what}, sort={sort}", _pages(client, query))
        for path in FIGURES:
            asked = path.format(node=node)
            tell(f"GET {path}", f"{max(_ms(partial(client.get, asked)) for _ in range(PAGES)):.1f} ms")


def _pages(client: httpx.Client, query: str) -> str:
    """Ask for pages one behind the other; return how long the slowest took."""
    most, cursor = 0.0, ""
    for _ in range(PAGES):
        began_s = time.perf_counter()
        answer = client.get(f"/tasks?{query}{cursor}").raise_for_status()
        most = max(most, time.perf_counter() - began_s)
        following = answer.json()["next"]
        if following is None:
            break
        cursor = f"&cursor={following}"
    return f"{most * 1000:.1f} ms"


def _ms(work: Callable[[], object]) -> float:
    began_s = time.perf_counter()
    work()
    return (time.perf_counter() - began_s) * 1000


def _open(running: Lab, browser: Browser, tell: Tell) -> None:
    """Look at the list: its first rows, each order, filters, and how far one scrolls."""
    node = tree(NODES).nodes[1].name
    processes = Processes(browser)
    page = browser.new_context(viewport=VIEWPORT, locale="en-GB").new_page()
    page.set_default_timeout(MOST_MS)
    took = _ms(lambda: (page.goto(f"{running.page_url}/tasks"), page.wait_for_selector(READY["/tasks"])))
    tell("page: first rows", f"{took:.0f} ms")
    for column in ORDERS:
        for _ in range(1 if column == "priority" else 2):
            turned = _ms(partial(_changed, page, f"[data-testid=order-{column}]"))
            where = page.evaluate("new URLSearchParams(location.search).get('sort') ?? 'usual'")
            tell(f"page: ordered by a press, sort={where}", f"{turned:.0f} ms")
    for query in ON_PAGE:
        asked = query.format(node=node)
        took = _ms(partial(_opened, page, f"{running.page_url}/tasks?{asked}"))
        tell(f"page: opened with {query}", f"{took:.0f} ms")
    page.goto(f"{running.page_url}/tasks")
    page.wait_for_selector(READY["/tasks"])
    tell("browser's memory with the first rows", f"{sum(processes.memory_mb().values()):.0f} MB")
    page.focus(TABLE)
    for key, there in (("End", AT_END), ("Home", IS_THERE), ("End", AT_END)):
        took = _ms(partial(_pressed, page, key, there))
        tell(f"page: {key}", f"{took:.0f} ms")
    page.eval_on_selector(TABLE, SEEN)
    tell("page: scrolled to its half", f"{_ms(lambda: page.wait_for_function(HALFWAY)):.0f} ms")
    memory = processes.memory_mb()
    tell("browser's memory then", f"{sum(memory.values()):.0f} MB, the page {memory[RENDERER]:.0f}")


def _changed(page: Page, button: str) -> None:
    page.eval_on_selector(TABLE, SEEN)
    page.click(button)
    page.wait_for_function(IS_THERE)


def _pressed(page: Page, key: str, there: str) -> None:
    page.keyboard.press(key)
    page.wait_for_function(there)


def _opened(page: Page, url: str) -> None:
    page.goto(url)
    page.wait_for_function(IS_THERE)
