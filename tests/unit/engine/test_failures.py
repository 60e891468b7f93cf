"""Whatever a script does: one clear failed result within its deadline, and the engine goes on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.waiting import wait_gone
from tests.unit.engine.conftest import Script, config
from topowave.engine import Engine, Task, TaskType
from topowave.engine.limits import OUTPUT_CHARACTERS, RESULT_BYTES

LONG_S = 60
ROOT = Path(__file__).parents[3]
FAILURES = {
    "raises": ("1 / 0", "raised", "line 6: ZeroDivisionError: division by zero"),
    "returns a set": ("return {1}", "not_json", "value of type set that is no JSON"),
    "returns NaN": ("return float('nan')", "not_json", "no JSON: Out of range float values"),
    "returns itself": ("a = []; a.append(a); return a", "not_json", "Circular reference"),
    "returns what is nested deeply": (
        "value = 1\nsys.setrecursionlimit(100_000)\nfor _ in range(5_000): value = [value]\nreturn value",
        "not_json",
        "no JSON: it is nested more than 500 deep",
    ),
    "says half a character": ("raise ValueError('\\ud800')", "raised", "ValueError: \\ud800"),
    "returns too much": (f"return 'a' * {RESULT_BYTES}", "too_large", "bytes of JSON, more than 16,000,000"),
    "prints without end": ("while True: print('x' * 1000)", "timeout", "did not return within 1 s"),
    "writes bytes without end": (
        "while True: os.write(1, b'x'); sys.stdout.buffer.write(b'x')",
        "timeout",
        "did not return within 1 s",
    ),
    "sleeps": ("time.sleep(1000)", "timeout", "did not return within 1 s"),
    "swallows everything": (
        "while True:\n    try:\n        time.sleep(1)\n    except BaseException:\n        pass",
        "timeout",
        "did not return within 1 s",
    ),
    "hangs in C": (
        "import re; re.match('(a+)+$', 'a' * 100 + 'b')",
        "timeout",
        "did not return within 1 s",
    ),
    "stops its process": ("os.kill(os.getpid(), signal.SIGSTOP); time.sleep(1000)", "killed", "was stopped"),
    "takes memory": ("a = bytearray(4_000_000_000); return 1", "memory", "took more memory than it may"),
    "is given no memory by the system": (
        "import errno; raise OSError(errno.ENOMEM, 'Cannot allocate memory')",
        "memory",
        "took more memory than it may",
    ),
    "cannot load a library into its memory": (
        "raise ImportError('libx.so: failed to map segment from shared object')",
        "memory",
        "took more memory than it may",
    ),
    "exits": ("sys.exit(3)", "exited", "called sys.exit(3)"),
    "exits at once": ("os._exit(3)", "exited", "ended its process with exit code 3"),
    "kills its process": ("os.kill(os.getpid(), signal.SIGKILL)", "killed", "was killed by SIGKILL"),
    "crashes": ("import ctypes; ctypes.string_at(0)", "killed", "was killed by SIGSEGV"),
    "forks and both return": ("os.fork(); return 1", "forked", "both copies returned"),
    "closes everything": ("os.closerange(3, 1000); return 1", "killed|exited", "its process"),
}


@pytest.mark.parametrize("kind", TaskType)
@pytest.mark.parametrize("does", FAILURES)
def test_a_script_that_does_it_has_one_failed_result_and_the_next_one_runs(
    does: str, kind: TaskType, script: Script, engine: Engine
) -> None:
    body, reason, error = FAILURES[does]
    timeout = 1 if reason == "timeout" else LONG_S
    bad = engine.submit_task(Task(script(body), task_type=kind, timeout=timeout))
    good = engine.submit_task(Task(script("return params"), {"value": 7}, kind))
    failed = engine.get_result(bad, LONG_S)
    assert failed.reason in reason.split("|")
    assert failed.error is not None
    assert error in failed.error
    assert (failed.is_success, failed.data) == (False, None)
    # In threads the two may be beside each other: then each is tried again alone, to see which it was.
    assert failed.attempts == 1 if kind is TaskType.CPU_BOUND else failed.attempts <= 2
    assert engine.get_result(good, LONG_S).data == {"value": 7}


@pytest.mark.slow
@pytest.mark.parametrize("kind", TaskType)
def test_the_table_holds_with_processes_that_are_spawned_as_on_macos(kind: TaskType, script: Script) -> None:
    """The core of it, all at once: each ends its worker, and those beside it are run all the same."""
    core = ["raises", "prints without end", "takes memory", "exits at once", "kills its process"]
    core += ["hangs in C", "forks and both return"] if kind is TaskType.CPU_BOUND else []
    workers = {"cpu_bound_count": 2, "io_bound_count": 0}
    if kind is TaskType.IO_BOUND:
        workers = {"cpu_bound_count": 0, "io_bound_count": 1}
    with Engine(config(start_method="spawn", **workers)) as engine:
        ids: list[str] = []
        for does in core:
            body, reason, _ = FAILURES[does]
            timeout = 1 if reason == "timeout" else LONG_S
            ids.append(engine.submit_task(Task(script(body), task_type=kind, timeout=timeout)))
            ids.append(engine.submit_task(Task(script("return params"), {"value": does}, kind)))
        results = engine.wait_all(ids, 2 * LONG_S)
    for does, failed, good in zip(core, results[::2], results[1::2], strict=True):
        _, reason, error = FAILURES[does]
        assert failed.reason in reason.split("|")
        assert failed.error is not None
        assert error in failed.error
        assert good.data == {"value": does}


@pytest.mark.parametrize(
    ("text", "reason", "error"),
    [
        (None, "no_script", "there is no such file"),
        ("x = 1", "bad_script", "there is no function module()"),
        ("def module(): return 1", "bad_script", "value of type int, which has no run(params)"),
        ("def module(: pass", "raised", "line 1: SyntaxError"),
        ("1 / 0", "raised", "line 1: ZeroDivisionError"),
        ("import sys; sys.exit(1)", "exited", "sys.exit(1)"),
        ("while True: pass", "timeout", "did not return within 1 s"),
    ],
)
def test_a_file_that_is_no_script_has_a_failed_result(
    text: str | None, reason: str, error: str, tmp_path: Path, engine: Engine
) -> None:
    path = tmp_path / "bad.py"
    if text is not None:
        path.write_text(text, "utf-8")
    failed = engine.get_result(engine.submit_task(Task(path, timeout=1)), LONG_S)
    assert (failed.reason, failed.attempts) == (reason, 1)
    assert failed.error is not None
    assert error in failed.error


@pytest.mark.parametrize("kind", TaskType)
def test_a_worker_starts_however_little_memory_a_script_may_take(kind: TaskType, script: Script) -> None:
    with Engine(config(memory_limit_mb=1)) as engine:
        small, large = (
            engine.submit_task(Task(script(body), task_type=kind))
            for body in ("return 1", "a = bytearray(4_000_000_000)")
        )
        assert engine.get_result(small, LONG_S).data == 1
        assert engine.get_result(large, LONG_S).reason == "memory"


def test_a_folder_is_no_script(tmp_path: Path, engine: Engine) -> None:
    assert engine.get_result(engine.submit_task(Task(tmp_path)), LONG_S).reason == "no_script"


def test_processes_that_a_script_leaves_behind_are_ended(script: Script, engine: Engine) -> None:
    body = "child = subprocess.Popen(['sleep', '1000'])\nprint(child.pid)\nreturn child.pid"
    failed = engine.get_result(engine.submit_task(Task(script(body))), LONG_S)
    assert failed.reason == "forked"
    engine.get_result(engine.submit_task(Task(script("return 1"))), LONG_S)  # the next worker is there
    wait_gone([int(failed.output)])


def test_a_script_may_start_processes_and_wait_for_them(script: Script, engine: Engine) -> None:
    body = "return subprocess.run(['echo', 'hello'], capture_output=True, text=True).stdout"
    assert engine.get_result(engine.submit_task(Task(script(body))), LONG_S).data == "hello\n"
    body = "import multiprocessing\nwith multiprocessing.Pool(2) as pool: return pool.map(abs, [-1, -2])"
    assert engine.get_result(engine.submit_task(Task(script(body))), LONG_S).data == [1, 2]


@pytest.mark.parametrize("does", ["exits at once", "sleeps", "takes memory", "kills its process", "raises"])
def test_those_that_run_beside_it_in_one_process_have_their_results(does: str, script: Script) -> None:
    body, reason, _ = FAILURES[does]
    waits = script("time.sleep(0.5)\nreturn params")
    with Engine(config(cpu_bound_count=0)) as engine:
        before = engine.submit_batch([Task(waits, number, "io") for number in range(5)])
        bad = engine.submit_task(
            Task(script(body), task_type="io", timeout=1 if does == "sleeps" else LONG_S)
        )
        after = engine.submit_batch([Task(waits, number, "io") for number in range(5, 10)])
        good = engine.wait_all([*before, *after], LONG_S)
        assert [result.data for result in good] == [*range(10)]
        failed = engine.get_result(bad, LONG_S)
        assert failed.reason == reason
        assert max(result.attempts for result in good) == (2 if does.endswith(("once", "process")) else 1)


def test_what_is_printed_is_kept_as_far_as_there_is_room(script: Script, engine: Engine) -> None:
    done = engine.get_result(engine.submit_task(Task(script("print('a' * 100_000); print('b')"))), LONG_S)
    assert done.output.startswith("a" * OUTPUT_CHARACTERS)
    assert f"[{100_003 - OUTPUT_CHARACTERS:,} more characters were left out]" in done.output


@pytest.mark.parametrize("kind", TaskType)
@pytest.mark.parametrize(
    ("leaves", "printed"),
    [
        (
            "kept = []\ntry:\n    while True: kept.append(os.open('/dev/null', 0))\n"
            "except OSError: setattr(sys, 'kept', kept)",
            "",
        ),
        ("for number in range(3): os.close(number)", ""),
        ("signal.setitimer(signal.ITIMER_REAL, 0.2)", ""),
        ("sys.stdout = sys.stderr = None", "hello\n"),
        ("print('\\ud800')", "hello\n"),
    ],
    ids=["files open", "nothing open", "a timer", "no output", "half a character"],
)
def test_what_a_script_leaves_is_not_met_by_the_next_one(
    leaves: str, printed: str, kind: TaskType, script: Script, engine: Engine
) -> None:
    first = engine.get_result(engine.submit_task(Task(script(leaves), task_type=kind)), LONG_S)
    assert first.is_success
    first.output.encode()
    body = "time.sleep(0.3)\nopen(os.devnull).close()\nprint(params)"
    second = engine.get_result(engine.submit_task(Task(script(body), "hello", kind)), LONG_S)
    assert (second.error, second.attempts) == (None, 1)
    assert not printed or second.output == printed


def test_the_engine_leaves_no_process_when_it_is_killed(script: Script) -> None:
    body = "open(params, 'w').write(str(os.getpid())); time.sleep(1000)"
    path = script(body)
    pid_file = path.parent / "pid"
    program = (
        "import os, signal, time\nfrom pathlib import Path\n"
        "from tests.unit.engine.conftest import config\nfrom topowave.engine import Engine, Task\n"
        f"file = Path({str(pid_file)!r})\n"
        f"Engine(config()).start().submit_task(Task({str(path)!r}, str(file)))\n"
        "while not (file.exists() and file.read_text()): time.sleep(0.01)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", program], timeout=LONG_S, check=False, cwd=ROOT)
    wait_gone([int(pid_file.read_text("ascii"))])
