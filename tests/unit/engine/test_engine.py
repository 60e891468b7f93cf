"""What an engine promises its users: order, results, retries, cancelling, status and its end."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.support.waiting import until
from tests.unit.engine.conftest import Script, config
from topowave.engine import (
    ComponentHealth,
    Engine,
    OutputQueueFullError,
    Priority,
    ResultGoneError,
    Task,
    TaskType,
)
from topowave.engine.limits import PARAMS_BYTES

LONG_S = 60
NOTES = "time.sleep(0.02)\nopen(params[0], 'a').write(params[1])"


def test_a_batch_larger_than_the_queue_has_all_results_in_order(script: Script) -> None:
    doubles = script("return 2 * params")
    with Engine(config(input_queue_size=10)) as engine:
        ids = engine.submit_batch([Task(doubles, number) for number in range(300)])
        assert [each.data for each in engine.wait_all(ids, LONG_S)] == [2 * number for number in range(300)]
        assert [each.id for each in engine.wait_all(timeout=LONG_S)] == ids


def test_the_most_urgent_task_begins_first(script: Script, tmp_path: Path) -> None:
    file, notes = tmp_path / "order", script(NOTES)
    with Engine(config(io_bound_count=0)) as engine:
        first = engine.submit_task(Task(script("time.sleep(0.5)")))
        until(lambda: engine.get_component_status("executor").metrics["active_tasks"], lambda many: many == 1)
        priorities: tuple[Priority | str, ...] = ("low", Priority.MEDIUM, "high", "critical")
        for letter, priority in zip("lmhc", priorities, strict=True):
            engine.submit_task(Task(notes, [str(file), letter], priority=priority))
        assert engine.get_result(first, LONG_S).is_success
        engine.wait_all(timeout=LONG_S)
    assert file.read_text("ascii") == "chml"


def test_a_task_that_fails_is_tried_again(script: Script, engine: Engine, tmp_path: Path) -> None:
    body = "open(params, 'a').write('x')\nif len(open(params).read()) < 3: os._exit(1)\nreturn 'at last'"
    done = engine.get_result(engine.submit_task(Task(script(body), str(tmp_path / "x"), retries=5)), LONG_S)
    assert (done.data, done.attempts) == ("at last", 3)
    failed = engine.get_result(engine.submit_task(Task(script("1 / 0"), retries=2)), LONG_S)
    assert (failed.reason, failed.attempts) == ("raised", 3)


def test_a_full_queue_fails_the_task_that_finds_no_room(script: Script) -> None:
    sleeps = script("time.sleep(params)")
    small = config(input_queue_size=1, queue_poll_timeout=0.01, max_queue_full_retries=1, io_bound_count=0)
    engine = Engine(small).start()
    engine.submit_task(Task(sleeps, 1000))
    until(lambda: engine.get_component_status("executor").metrics["active_tasks"], lambda many: many == 1)
    waits, refused = engine.submit_batch([Task(sleeps, 0), Task(sleeps, 0)])
    result = engine.get_result(refused, LONG_S)
    assert result.reason == "queue_full"
    assert result.error == "the input queue was full, with 1 tasks, for 0.02 s"
    assert engine.get_component_status("input_queue").health.value == "degraded"
    engine.shutdown(wait=False)
    assert engine.get_result(waits).status == "cancelled"


@pytest.mark.parametrize("kind", TaskType)
def test_a_task_is_cancelled_whether_it_waits_or_runs(kind: TaskType, script: Script) -> None:
    sleeps = script("time.sleep(params)")
    with Engine(config(io_bound_task_limit=1)) as engine:
        runs = engine.submit_task(Task(sleeps, 1000, kind))
        until(lambda: engine.get_component_status("executor").metrics["active_tasks"], lambda many: many == 1)
        waits = engine.submit_task(Task(sleeps, 1000, kind))
        assert engine.cancel(waits)
        assert engine.cancel(runs)
        assert [each.status for each in engine.wait_all([runs, waits], LONG_S)] == ["cancelled"] * 2
        assert not engine.cancel(runs)
        assert engine.get_result(engine.submit_task(Task(sleeps, 0, kind)), LONG_S).is_success


def test_a_task_is_cancelled_while_a_shutdown_waits_for_it(script: Script) -> None:
    engine = Engine(config()).start()
    task = engine.submit_task(Task(script("time.sleep(1000)")))
    until(lambda: engine.get_component_status("executor").metrics["active_tasks"], lambda many: many == 1)
    ends = threading.Thread(target=engine.shutdown)
    ends.start()
    assert engine.cancel(task)
    ends.join(LONG_S)
    assert (ends.is_alive(), engine.get_result(task).status) == (False, "cancelled")
    assert not engine.cancel(task)


def test_the_results_asked_for_least_recently_make_room(script: Script) -> None:
    with Engine(config(output_queue_size=2)) as engine:
        ids = [engine.submit_task(Task(script("return 1")))]
        engine.get_result(ids[0], LONG_S)
        ids += engine.submit_batch([Task(script("return 1"))] * 2)
        engine.wait_all(ids[1:], LONG_S)
        with pytest.raises(ResultGoneError, match="2 are kept"):
            engine.get_result(ids[0])
        with pytest.raises(ResultGoneError):
            engine.get_result("nobody")


def test_a_batch_of_more_tasks_than_results_are_kept_loses_none(script: Script) -> None:
    ones = script("return params")
    with Engine(config(output_queue_size=2)) as engine:
        ids = engine.submit_batch([Task(ones, number) for number in range(30)])
        until(lambda: engine.get_component_status("engine").metrics["unfinished"], lambda many: many == 0)
        assert [each.data for each in engine.wait_all(ids, LONG_S)] == [*range(30)]
        assert engine.get_component_status("output_queue").metrics == {
            "size": 30,
            "capacity": 30,
            "fullness": 1.0,
            "unread": 0,
        }


def test_no_result_is_lost_that_nobody_has_asked_for_and_more_tasks_are_refused_until_one_is(
    script: Script,
) -> None:
    number = script("return params")
    patient = config(output_queue_size=4, queue_poll_timeout=0.01, max_queue_full_retries=1)
    with Engine(patient) as engine:
        ids = [each for at in (0, 3) for each in engine.submit_batch(Task(number, at + n) for n in range(3))]
        with pytest.raises(OutputQueueFullError, match=r"^4 tasks have or will have results"):
            engine.submit_task(Task(number))
        with pytest.raises(OutputQueueFullError):
            asyncio.run(engine.submit_task_async(Task(number)))
        until(lambda: engine.get_component_status("output_queue").metrics["unread"], lambda many: many == 6)
        assert engine.get_component_status("output_queue").health is ComponentHealth.DEGRADED
        assert [each.data for each in engine.wait_all()] == [*range(6)]
        ids.append(engine.submit_task(Task(number, 6)))
        assert engine.get_result(ids[-1], LONG_S).data == 6


@pytest.mark.parametrize("timeout", ["5", [], float("nan"), True])
def test_a_time_to_wait_that_is_no_number_is_refused_in_a_sentence(
    timeout: Any, script: Script, engine: Engine
) -> None:
    task = engine.submit_task(Task(script("return 1")))
    said = f"^timeout must be a number of seconds, or None to wait, found {re.escape(repr(timeout))}$"
    for wait in (
        lambda: engine.get_result(task, timeout),
        lambda: engine.wait_all([task], timeout),
        lambda: engine.wait_all(None, timeout),
        lambda: engine.shutdown(timeout=timeout),
        lambda: asyncio.run(engine.get_result_async(task, timeout)),
        lambda: asyncio.run(engine.wait_all_async(None, timeout)),
    ):
        with pytest.raises(TypeError, match=said):
            wait()
    assert engine.get_result(task, 10**400).data == 1  # longer than any clock tells
    assert engine.get_result(task, float("inf")).data == 1


def test_a_result_that_is_not_there_in_time_is_a_timeout(script: Script, engine: Engine) -> None:
    task = engine.submit_task(Task(script("time.sleep(0.5)")))
    with pytest.raises(TimeoutError, match=r"no result after 0\.01 s"):
        engine.get_result(task, 0.01)
    with pytest.raises(TimeoutError, match=r"1 tasks have no result after 0\.01 s"):
        engine.wait_all(timeout=0.01)
    with pytest.raises(TimeoutError, match=r"1 tasks have no result after 0\.01 s"):
        engine.wait_all([task], timeout=0.01)


def test_what_is_no_task_no_id_and_no_settings_is_refused_in_a_sentence(engine: Engine) -> None:
    task = Task("x.py")
    with pytest.raises(TypeError, match=r"submitted is a Task, found 'x\.py'"):
        engine.submit_task("x.py")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="submitted is a Task, found 5"):
        engine.submit_batch([task, 5])  # type: ignore[list-item]
    assert engine.get_component_status("engine").metrics["unfinished"] == 0
    no_id = "known by the id that submit_task returned, found Task"
    with pytest.raises(TypeError, match=no_id):
        engine.get_result(task)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=no_id):
        engine.cancel(task)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=no_id):
        engine.wait_all([task])  # type: ignore[list-item]
    with pytest.raises(TypeError, match="takes a list of ids, found 'abc-1'; get_result waits for one"):
        engine.wait_all("abc-1")
    with pytest.raises(TypeError, match=r"are an EngineConfig, found \{'cpu_bound_count': 1\}"):
        Engine({"cpu_bound_count": 1})  # type: ignore[arg-type]


def test_a_process_that_may_have_no_processes_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(vars(multiprocessing.current_process())["_config"], "daemon", True)
    engine = Engine(config())
    with pytest.raises(RuntimeError, match=r"in a daemonic process, as those of multiprocessing\.Pool are"):
        engine.start()
    assert not engine.get_component_status("engine").is_running


FORKS = """
import os, sys
from topowave import Engine, EngineConfig, Task

def said(call, *args):
    try:
        return call(*args)
    except RuntimeError as error:
        return "forked" if f"runs in process {parent}, from which this one was" in str(error) else error

parent = os.getpid()
with Engine(EngineConfig(cpu_bound_count=1, io_bound_count=0)) as engine:
    id = engine.submit_task(Task(sys.argv[1]))
    if (child := os.fork()) == 0:
        task = Task(sys.argv[1])
        print([said(*each) for each in (
            (engine.submit_task, task), (engine.get_result, id), (engine.wait_all,), (engine.cancel, id)
        )], engine.get_health().overall_health.value, engine.shutdown(), flush=True)
        os._exit(0)
    os.waitpid(child, 0)
    print(engine.get_result(id).data, engine.get_result(engine.submit_task(Task(sys.argv[1]))).data)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a system without fork")
def test_a_process_that_is_forked_is_told_that_the_engine_is_elsewhere_and_ends_nothing(
    script: Script,
) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FORKS, script("return 7")],
        capture_output=True,
        text=True,
        check=False,
        timeout=LONG_S,
    )
    said = "['forked', 'forked', 'forked', 'forked'] stopped None"
    assert (done.stdout.splitlines(), done.stderr) == ([said, "7 7"], "")


def test_a_shutdown_finishes_what_was_submitted_or_cancels_it(script: Script) -> None:
    with Engine(config()) as engine:
        ids = engine.submit_batch([Task(script("time.sleep(0.1); return 1"))] * 3)
    assert [each.data for each in engine.wait_all(ids)] == [1, 1, 1]
    with pytest.raises(RuntimeError, match="it was shut down; make a new one"):
        engine.submit_task(Task("x.py"))
    with pytest.raises(RuntimeError, match="make a new one"):
        engine.start()
    engine = Engine(config()).start()
    task = engine.submit_task(Task(script("time.sleep(1000)")))
    engine.shutdown(wait=True, timeout=0.1)
    assert engine.get_result(task).status == "cancelled"


def test_the_status_has_every_component(engine: Engine, script: Script) -> None:
    engine.get_result(engine.submit_task(Task(script("return 1"), task_type="io")), LONG_S)
    until(lambda: engine.get_component_status("process_pool").metrics["ready"], lambda ready: ready == 2)
    status = engine.get_status()
    assert set(status) == {"engine", "input_queue", "output_queue", "process_pool", "executor", "workers"}
    assert engine.get_component_status("input_queue").metrics == {"size": 0, "capacity": 1000, "fullness": 0}
    assert engine.get_component_status("cpu-1").health.value == "healthy"
    health = engine.get_health()
    assert (health.overall_health.value, health.healthy_count, health.unhealthy_count) == ("healthy", 6, 0)
    with pytest.raises(LookupError, match="no component 'nobody'; there are engine"):
        engine.get_component_status("nobody")


def test_several_threads_that_start_it_at_once_start_one() -> None:
    engine, together = Engine(config()), threading.Barrier(8)

    def start() -> None:
        together.wait()
        engine.start()

    starters = [threading.Thread(target=start) for _ in range(8)]
    for each in starters:
        each.start()
    for each in starters:
        each.join()
    assert sum(each.name == "topowave-engine" for each in threading.enumerate()) == 1
    engine.shutdown()


def test_an_engine_that_was_not_started_tells_that_it_is_stopped() -> None:
    engine = Engine(config())
    health = engine.get_health()
    assert (health.overall_health.value, health.healthy_count, health.unhealthy_count) == ("stopped", 0, 4)
    assert engine.get_status()["workers"] == {}
    with pytest.raises(RuntimeError, match="does not run"):
        engine.submit_task(Task("a.py"))
    engine.shutdown()


def test_it_works_inside_a_running_event_loop(script: Script) -> None:
    async def use() -> list[int]:
        async with Engine(config(input_queue_size=5)) as engine:
            ids = await engine.submit_batch_async([Task(script("return params"), each) for each in range(20)])
            ids.append(await engine.submit_task_async(Task(script("return params"), 20, "io")))
            last = await engine.get_result_async(ids[-1], LONG_S)
            assert last.data == 20
            slow = await engine.submit_task_async(Task(script("time.sleep(0.5)")))
            with pytest.raises(TimeoutError):
                await engine.get_result_async(slow, 0.01)
            for ids_or_all in ([slow], None):
                with pytest.raises(TimeoutError, match="not all tasks have a result"):
                    await engine.wait_all_async(ids_or_all, 0.01)
            everything = await engine.wait_all_async(timeout=LONG_S)
            assert [each.id for each in everything] == [*ids, slow]
            return [each.data for each in await engine.wait_all_async(ids, LONG_S)]

    assert asyncio.run(use()) == [*range(21)]


@pytest.mark.parametrize("method", ["spawn", "fork", "forkserver"])
@pytest.mark.parametrize("ends", ["engine.shutdown()", ""])
def test_every_start_method_works_in_a_program_without_a_guard(
    method: str, ends: str, script: Script, tmp_path: Path
) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "from topowave import Engine, EngineConfig, Task\n"
        f"config = EngineConfig(cpu_bound_count=1, io_bound_count=1, start_method={method!r})\n"
        f"engine, script = Engine(config).start(), {str(script('return params'))!r}\n"
        "ids = [engine.submit_task(Task(script, 7, kind)) for kind in ('cpu', 'io')]\n"
        f"print([result.data for result in engine.wait_all(ids, 60)])\n{ends}\n",
        "utf-8",
    )
    done = subprocess.run([sys.executable, program], capture_output=True, text=True, timeout=120, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("[7, 7]\n", "", 0)


def test_parameters_that_are_no_json_or_too_much_are_refused(engine: Engine) -> None:
    with pytest.raises(ValueError, match="params are no JSON"):
        engine.submit_task(Task("a.py", {1, 2}))
    with pytest.raises(ValueError, match="more than 1,000,000"):
        engine.submit_task(Task("a.py", "a" * PARAMS_BYTES))
