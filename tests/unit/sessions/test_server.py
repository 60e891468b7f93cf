"""The WebSocket `/session`: sessions in processes of their own, and pages that leave and come back."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from tests.support.session_page import PATIENT, SessionPage, page_at, session_server
from tests.support.waiting import eventually, wait_gone
from topowave.sessions.limits import ASKS_WAITING, MOST_SESSIONS, PRINTED_CHARS
from topowave.sessions.process import SessionLimits
from topowave.sessions.server import Sessions

pytestmark = [pytest.mark.anyio, pytest.mark.slow]  # each starts a process, which imports the simulator

MINE = '''from topowave import Algorithm


class Odd:
    def __deepcopy__(self, memo):
        while True:
            pass


class Mine(Algorithm):
    """Does what it is asked for here."""

    def on_start(self):
        self.send_all(self.neighbors, "x")

    def on_message(self, sender, message):
        DOES
'''


WRITES_TO_SOCKETS = """
        import os
        for fd in range(3, 256):
            if os.path.exists(f"/proc/self/fd/{fd}") and "socket" in os.readlink(f"/proc/self/fd/{fd}"):
                os.write(fd, b"\\0\\0\\0\\2{}")
"""


def mine(does: str) -> dict[str, object]:
    file = {"name": "mine.py", "text": MINE.replace("DOES", does)}
    return {"network": "path:2", "algorithm": "Mine", "file": file}


ECHO: dict[str, object] = {"network": "ring:5", "algorithm": "echo"}


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def served() -> AsyncGenerator[tuple[str, Sessions]]:
    async with session_server() as server:
        yield server


def pids(sessions: Sessions) -> list[int]:
    return [each.pid for each in sessions.live.values() if each.pid is not None]


def folders_of(processes: list[int]) -> list[Path]:
    return [Path(f"/proc/{pid}/cwd").readlink() for pid in processes]


def not_there(folders: list[Path]) -> bool:
    return folders != [] and not any(folder.exists() for folder in folders)


def left_s(sessions: Sessions) -> list[float | None]:
    return [each.left_s for each in sessions.live.values()]


async def until_ended(page: SessionPage) -> dict[str, Any]:
    """Return the frame that says that the session is over."""
    while "ended" not in (frame := await page.next()):
        assert "id" not in frame
    return frame


async def test_a_page_opens_a_session_steps_and_closes_it(served: tuple[str, Sessions]) -> None:
    url, sessions = served
    async with page_at(url) as page:
        assert (await page.ask("step"))["problems"] == ["no session is open; the first ask is `open`"]
        opened = await page.ask("open", **ECHO)
        assert (opened["version"], opened["at"], opened["network"]) == (1, 0, "ring:5")
        (pid,) = pids(sessions)
        assert (await page.ask("step"))["at"] == 1
        assert (await page.ask("run"))["ending"] == "quiet"
        await page.socket.send("what?")
        assert "this is no ask" in (await page.next())["problems"][0]
        assert (await page.ask("close"))["at"] > 1
        wait_gone([pid])
        assert sessions.live == {}
        assert "no session is open" in (await page.ask("step"))["problems"][0]


async def test_what_is_refused_leaves_the_process_for_the_next_try(served: tuple[str, Sessions]) -> None:
    url, sessions = served
    async with page_at(url) as page:
        wrong = await page.ask("open", **mine("x = = 1"))
        assert wrong["problems"][0].startswith("mine.py: line 17: SyntaxError")
        before = pids(sessions)
        assert "problems" not in await page.ask("open", **mine("pass"))
        assert pids(sessions) == before
        assert "problems" not in await page.ask("open", **ECHO)
        assert set(pids(sessions)).isdisjoint(before)
        wait_gone(before)


async def test_a_page_that_is_lost_comes_back_to_its_session(served: tuple[str, Sessions]) -> None:
    url, sessions = served
    async with page_at(url) as page:
        opened = await page.ask("open", **ECHO)
        at = (await page.ask("step"))["at"]
        before = pids(sessions)
    await eventually(lambda: left_s(sessions), lambda left: None not in left)
    async with page_at(url) as page:
        assert "no such session" in (await page.ask("resume", session="x"))["problems"][0]
        back = await page.ask("resume", session=opened["session"])
        assert (back["at"], back["nodes"], back["session"]) == (at, opened["nodes"], opened["session"])
        await eventually(lambda: pids(sessions), lambda found: found == before)
        async with page_at(url) as other:
            assert (await other.ask("resume", session=opened["session"]))["at"] == at
            with pytest.raises(ConnectionClosed):
                await page.next()
            assert (await other.ask("step"))["at"] == at + 1


async def test_a_page_that_does_not_come_back_leaves_no_process() -> None:
    async with session_server(replace(PATIENT, grace_s=0.05)) as (url, sessions):
        async with page_at(url) as page:
            await page.ask("open", **ECHO)
            before = pids(sessions)
        await eventually(lambda: dict(sessions.live), lambda live: not live)
        wait_gone(before)


async def test_a_page_that_opens_nothing_leaves_no_process(served: tuple[str, Sessions]) -> None:
    url, sessions = served
    async with page_at(url):
        (pid,) = await eventually(lambda: pids(sessions), bool)
        assert sessions.pages == 1
    await eventually(lambda: dict(sessions.live), lambda live: not live)
    wait_gone([pid])


async def test_pages_are_counted_while_they_are_there(served: tuple[str, Sessions]) -> None:
    url, sessions = served
    async with page_at(url), page_at(url) as other:
        assert "problems" in await other.ask("step")
        assert sessions.pages == 2
    await eventually(lambda: sessions.pages, lambda pages: pages == 0)


async def test_a_session_that_nobody_asks_ends_and_says_so() -> None:
    bounds = replace(PATIENT, idle_s=0.5)
    async with session_server(bounds) as (url, sessions), page_at(url) as page:
        await page.ask("open", **ECHO)
        assert (await until_ended(page))["ended"] == "nobody asked it for anything for 0 s"
        assert sessions.live == {}
        assert "no session is open" in (await page.ask("step"))["problems"][0]


async def test_there_are_so_many_sessions_and_one_that_was_left_gives_way() -> None:
    assert SessionLimits().sessions == MOST_SESSIONS
    bounds = replace(PATIENT, sessions=1)
    async with session_server(bounds) as (url, sessions), page_at(url) as one, page_at(url) as two:
        assert "problems" not in await one.ask("open", **ECHO)
        assert "all places for sessions are taken (1)" in (await two.ask("open", **ECHO))["problems"][0]
        await one.socket.close()
        await eventually(lambda: left_s(sessions), lambda left: None not in left)
        assert "problems" not in await two.ask("open", **ECHO)
        assert len(sessions.live) == 1


async def test_a_handler_that_hangs_ends_the_run_and_not_the_session() -> None:
    async with session_server(replace(PATIENT, handler_s=0.3)) as (url, _), page_at(url) as page:
        await page.ask("open", **mine("while True: pass"))
        found = await page.ask("run")
        assert (
            "the handler did not return within 0.3 s (mine.py, line 17: while True: pass)" in found["mistake"]
        )
        assert (await page.ask("go", position=0))["ending"] is None


async def test_a_copy_that_hangs_ends_the_session_with_file_and_line() -> None:
    async with session_server(PATIENT) as (url, sessions), page_at(url) as page:
        await page.ask("open", **mine("self.odd = Odd()"))
        (live,) = sessions.live.values()
        assert (await page.ask("run"))["at"] == 2
        live.process.bounds = replace(PATIENT, stuck_s=3.0)
        await page.send("moment")
        said = "the class did not return in time, and the session was ended (mine.py, line "
        assert (await page.next())["problems"][0].startswith(said)
        assert (await until_ended(page))["ended"].startswith(said)


@pytest.mark.parametrize(
    ("does", "said"),
    [
        ("import os; os._exit(3)", "the class has ended its process (exit code 3)"),
        ("import os; os.kill(os.getpid(), 9)", "the process of the session was ended by signal 9"),
        (WRITES_TO_SOCKETS, "the class has broken the connection"),
    ],
)
async def test_a_class_that_ends_its_process_is_told(
    served: tuple[str, Sessions], does: str, said: str
) -> None:
    url, sessions = served
    async with page_at(url) as page:
        await page.ask("open", **mine(does), language="en")
        assert (await page.ask("run"))["problems"][0].startswith(said)
        assert (await until_ended(page))["ended"].startswith(said)
        assert sessions.live == {}


async def test_what_a_class_takes_too_much_of_is_refused_by_the_system() -> None:
    async with session_server(replace(PATIENT, memory_mb=200)) as (url, _), page_at(url) as page:
        await page.ask("open", **mine("self.much = bytearray(10**9)"))
        found = await page.ask("run")
        assert found["ending"] == "memory" or "memory" in str(found)


async def test_what_a_class_prints_is_pushed_and_bounded(served: tuple[str, Sessions]) -> None:
    url, _ = served
    async with page_at(url) as page:
        await page.ask("open", **mine(f"print('ä' * {2 * PRINTED_CHARS})"))
        await page.ask("run")
        printed = [frame for frame in page.pushed if "printed" in frame]
        while sum(len(each["printed"]) + each["left_out"] for each in printed) <= 2 * PRINTED_CHARS:
            printed.append(await page.next())
        assert all(len(each["printed"]) <= PRINTED_CHARS for each in printed)
        assert set("".join(each["printed"] for each in printed)) <= {"ä", "\n"}


async def test_a_long_run_tells_how_far_it_is_and_stops_where_it_is(served: tuple[str, Sessions]) -> None:
    url, _ = served
    async with page_at(url) as page:
        await page.ask("open", **mine('self.send(sender, "x")'))
        number = await page.send("run")
        waiting = [await page.send("step") for _ in range(3)]
        first = await page.next()
        assert set(first) == {"at"}
        stop = await page.send("stop")
        answers: dict[int, dict[str, Any]] = {}
        while len(answers) < 5:
            frame = await page.next()
            if "id" in frame:
                answers[frame["id"]] = frame
        assert answers[number]["ending"] is None
        assert answers[number]["at"] >= first["at"] > 0
        assert [answers[each].get("problems") for each in waiting] == [["it was stopped"]] * 3
        assert "problems" not in answers[stop]


async def test_so_many_asks_may_wait_and_no_more(served: tuple[str, Sessions]) -> None:
    url, _ = served
    async with page_at(url) as page:
        await page.ask("open", **mine('self.send(sender, "x")'))
        number = await page.send("run")
        assert set(await page.next()) == {"at"}
        waiting = [await page.send("moment") for _ in range(ASKS_WAITING)]
        too_many = await page.send("moment")
        while (frame := await page.next()).get("id") is None:
            pass
        assert (frame["id"], frame["problems"][0].partition(";")[0]) == (too_many, "too many asks wait")
        await page.send("stop")
        answered = {number} - {0}
        while not answered.issuperset({*waiting}):
            answered.add(json.loads(await page.socket.recv()).get("id"))


async def test_a_network_is_read_before_and_beside_a_session(served: tuple[str, Sessions]) -> None:
    url, sessions = served
    async with page_at(url) as page:
        before = await page.ask("network", network="ring:5")
        assert "root" in before["text"]
        opened = await page.ask("open", **ECHO)
        beside = await page.ask("network", network={"name": "two.edges", "text": "a b"})
        assert (beside["at"], len(sessions.live)) == (opened["at"], 1)
        assert (await page.ask("step"))["at"] == 1


async def test_a_server_that_stops_ends_all_sessions() -> None:
    async with session_server() as (url, sessions):
        async with page_at(url) as page:
            await page.ask("open", **ECHO)
            before = pids(sessions)
            folders = folders_of(before)
            await sessions.close()
            assert (await until_ended(page))["ended"] == "the server stops"
        wait_gone(before)
        assert not_there(folders)
