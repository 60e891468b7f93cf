"""Tasks that workers are given together: each runs once, whatever becomes of the worker."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.engine.conftest import Script, config
from topowave.engine import Engine, Task, TaskResult

LONG_S = 60
TASKS = 120
BAD = 60
NOTES_ITSELF = "with open(params['file'], 'a') as file: file.write(str(params['n']) + ' ')\n"
HANGS_IN_C = "__import__('re').match('(a+)+$', 'a' * 100 + 'b')"


def _run_tiny(engine: Engine, path: Path, file: Path, **more: float) -> list[TaskResult]:
    for number in range(-3, 0):  # so that the engine knows that it is tiny
        engine.get_result(engine.submit_task(Task(path, {"n": number, "file": str(file)})), LONG_S)
    tasks = [Task(path, {"n": number, "file": str(file)}, **more) for number in range(TASKS)]  # type: ignore[arg-type]
    return engine.wait_all(engine.submit_batch(tasks), LONG_S)


@pytest.mark.parametrize(
    ("does", "reason"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", "killed"),
        ("os._exit(0)", "exited"),
        (HANGS_IN_C, "timeout"),
        ("1 / 0", "raised"),
    ],
)
def test_one_bad_among_many_tiny_ones_fails_alone_and_no_other_runs_twice(
    does: str, reason: str, script: Script, tmp_path: Path, engine: Engine
) -> None:
    path, file = (
        script(f"{NOTES_ITSELF}if params['n'] == {BAD}: {does}\nreturn params['n']"),
        tmp_path / "ran",
    )
    results = _run_tiny(engine, path, file, timeout=2 if reason == "timeout" else LONG_S)
    assert results[BAD].reason == reason
    assert [result.data for result in results] == [n if n != BAD else None for n in range(TASKS)]
    assert {result.attempts for result in results} == {1}
    assert file.read_text("ascii").split() == [str(number) for number in range(-3, TASKS)]


def test_what_is_done_is_told_while_the_next_one_of_the_chunk_takes_long(
    script: Script, tmp_path: Path, engine: Engine
) -> None:
    wait = f"while params['n'] == {BAD} and not os.path.exists(params['file'] + '.go'): time.sleep(0.01)\n"
    path, file = script(f"{NOTES_ITSELF}{wait}return params['n']"), tmp_path / "ran"
    for number in range(-3, 0):
        engine.get_result(engine.submit_task(Task(path, {"n": number, "file": str(file)})), LONG_S)
    ids = engine.submit_batch([Task(path, {"n": number, "file": str(file)}) for number in range(TASKS)])
    assert engine.get_result(ids[BAD - 1], LONG_S).data == BAD - 1
    Path(f"{file}.go").touch()
    assert engine.get_result(ids[-1], LONG_S).data == TASKS - 1


def test_a_worker_with_threads_runs_no_more_at_once_than_its_limit(script: Script) -> None:
    path = script(
        "import threading\n"
        "here = sys.modules.setdefault('count_of_test', type(sys)('count'))\n"
        "lock = vars(here).setdefault('lock', threading.Lock())\n"
        "with lock: here.now = now = getattr(here, 'now', 0) + 1\n"
        "time.sleep(0.005)\n"
        "with lock: here.now -= 1\n"
        "return now"
    )
    with Engine(config(cpu_bound_count=0, io_bound_task_limit=4)) as engine:
        results = engine.wait_all(
            engine.submit_batch([Task(path, task_type="io") for _ in range(100)]), LONG_S
        )
    assert max(result.data for result in results) == 4
    assert {result.attempts for result in results} == {1}


def test_what_a_busy_worker_was_given_ahead_is_no_attempt_when_the_worker_ends(script: Script) -> None:
    body = "if params == 'bad': os.kill(os.getpid(), signal.SIGKILL)\ntime.sleep(0.02)\nreturn params"
    path = script(body)
    with Engine(config(cpu_bound_count=0, io_bound_task_limit=4)) as engine:
        engine.wait_all(engine.submit_batch([Task(path, 0, "io") for _ in range(8)]), LONG_S)
        tasks = [Task(path, "bad" if number == 5 else number, "io") for number in range(40)]
        results = engine.wait_all(engine.submit_batch(tasks), LONG_S)
    assert results.pop(5).reason == "killed"
    assert [result.data for result in results] == [number for number in range(40) if number != 5]
    assert sum(result.attempts == 2 for result in results) <= 3  # those that ran beside it


def test_what_waits_behind_a_slow_one_goes_to_another_worker(script: Script, tmp_path: Path) -> None:
    slow = f"while params['n'] == {BAD} and not os.path.exists(params['file'] + '.go'): time.sleep(0.01)\n"
    path, file = script(f"{NOTES_ITSELF}{slow}return params['n']"), tmp_path / "ran"
    with Engine(config(cpu_bound_count=2)) as engine:
        for number in range(-4, 0):
            engine.get_result(engine.submit_task(Task(path, {"n": number, "file": str(file)})), LONG_S)
        ids = engine.submit_batch([Task(path, {"n": number, "file": str(file)}) for number in range(TASKS)])
        others = [*ids[:BAD], *ids[BAD + 1 :]]
        results = engine.wait_all(others, LONG_S)  # while the slow one still runs
        assert {result.attempts for result in results} == {1}
        Path(f"{file}.go").touch()
        assert engine.get_result(ids[BAD], LONG_S).data == BAD
    assert sorted(map(int, file.read_text("ascii").split())) == [*range(-4, TASKS)]


def test_what_is_cancelled_before_it_begins_never_runs_and_harms_no_other(
    script: Script, tmp_path: Path, engine: Engine
) -> None:
    slow = "while params['n'] == 3 and not os.path.exists(params['file'] + '.go'): time.sleep(0.01)\n"
    path, file = script(f"{NOTES_ITSELF}{slow}return params['n']"), tmp_path / "ran"
    for number in range(-3, 0):
        engine.get_result(engine.submit_task(Task(path, {"n": number, "file": str(file)})), LONG_S)
    ids = engine.submit_batch([Task(path, {"n": number, "file": str(file)}) for number in range(10)])
    assert engine.get_result(ids[2], LONG_S).data == 2
    assert engine.cancel(ids[7])
    cancelled = engine.get_result(ids[7], LONG_S)  # while the slow one still runs
    assert (cancelled.status, cancelled.attempts) == ("cancelled", 0)
    Path(f"{file}.go").touch()
    others = engine.wait_all([*ids[:7], *ids[8:]], LONG_S)
    assert {(result.status, result.attempts) for result in others} == {("completed", 1)}
    assert file.read_text("ascii").split() == [str(number) for number in range(-3, 10) if number != 7]


def test_one_that_holds_the_lock_of_its_process_fails_alone(script: Script, tmp_path: Path) -> None:
    """Its neighbours cannot return in time either: that is not their fault."""
    path, file = (
        script(f"{NOTES_ITSELF}{HANGS_IN_C} if params['n'] == 4 else time.sleep(0.1)"),
        tmp_path / "ran",
    )
    with Engine(config(cpu_bound_count=0, io_bound_task_limit=4)) as engine:
        tasks = [Task(path, {"n": number, "file": str(file)}, "io", timeout=1) for number in range(10)]
        results = engine.wait_all(engine.submit_batch(tasks), LONG_S)
    assert results.pop(4).reason == "timeout"
    assert all(result.is_success for result in results)
    assert max(result.attempts for result in results) <= 2
