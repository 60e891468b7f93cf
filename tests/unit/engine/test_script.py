"""A script in a worker process: loaded once, run for each task, and each way to fail has its word."""

from __future__ import annotations

import os
import resource
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.waiting import until
from topowave.engine.limits import ERROR_CHARACTERS, RESULT_BYTES
from topowave.engine.script import ScriptError, Scripts, look_at_file
from topowave.engine.task_result import FailureReason

HEAD = "class Script:\n    def run(self, params):\n        "
TAIL = "\n\ndef module():\n    return Script()\n"


@pytest.fixture(autouse=True)
def _modules() -> Iterator[None]:  # pyright: ignore[reportUnusedFunction]
    """Forget what was loaded: a worker process keeps it, this one must not."""
    before, path = set(sys.modules), [*sys.path]
    yield
    for name in set(sys.modules) - before:
        del sys.modules[name]
    sys.path[:] = path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "script.py"


def write(path: Path, body: str) -> str:
    path.write_text(HEAD + body + TAIL, "utf-8")
    return str(path)


def fails(path: Path | str, params: str = "null") -> tuple[FailureReason, str]:
    with pytest.raises(ScriptError) as caught:
        Scripts().run(str(path), params)
    return caught.value.reason, str(caught.value)


def test_values_go_in_and_come_out_as_json(path: Path) -> None:
    text = Scripts().run(write(path, "return {'got': params, 'text': 'é'}"), '{"a": [1, null]}')
    assert text == '{"got": {"a": [1, null]}, "text": "\\u00e9"}'


def test_a_file_is_loaded_once_and_again_when_it_has_changed(path: Path) -> None:
    scripts = Scripts()
    path.write_text(f"loaded = []\n{HEAD}loaded.append(1); return len(loaded){TAIL}", "utf-8")
    assert [scripts.run(str(path), "1") for _ in range(3)] == ["1", "2", "3"]
    write(path, "return 'new'")
    assert scripts.run(str(path), "1") == '"new"'
    os.utime(path, ns=(1, 1))
    assert scripts.run(str(path), "1") == '"new"'


def test_a_file_is_loaded_again_when_one_has_changed_that_it_imports_from_beside_it(
    path: Path, tmp_path: Path
) -> None:
    helper, deeper, other = tmp_path / "helper.py", tmp_path / "deeper.py", tmp_path / "other.py"
    helper.write_text("import deeper\nWORD = f'one {deeper.WORD}'\nloads = []\n")
    deeper.write_text("WORD = 'two'\n")
    path.write_text(f"from helper import WORD, loads\n{HEAD}loads.append(1); return WORD, len(loads){TAIL}")
    write(other, "import helper\n        return helper.WORD")
    scripts = Scripts()
    assert [scripts.run(str(path), "1") for _ in range(2)] == ['["one two", 1]', '["one two", 2]']
    assert scripts.run(str(other), "1") == '"one two"'
    deeper.write_text("WORD = 'three'\n")
    assert [scripts.run(str(path), "1") for _ in range(2)] == ['["one three", 1]', '["one three", 2]']
    assert scripts.run(str(other), "1") == '"one three"'  # which has imported it only when it ran
    helper.write_text("WORD = 'four'\n")
    assert scripts.run(str(other), "1") == '"four"'
    with pytest.raises(ScriptError, match="cannot import name 'loads'"):
        scripts.run(str(path), "1")
    helper.unlink()
    with pytest.raises(ScriptError, match="No module named 'helper'"):
        scripts.run(str(other), "1")
    helper.write_text("WORD, loads = 'five', []\n")
    assert (scripts.run(str(other), "1"), scripts.run(str(path), "1")) == ('"five"', '["five", 1]')


def test_a_file_that_breaks_while_it_is_changed_is_read_again_when_it_is_whole(
    path: Path, tmp_path: Path
) -> None:
    helper = tmp_path / "helper.py"
    helper.write_text("WORD = 1\n")
    write(path, "import helper\n        return helper.WORD")
    scripts = Scripts()
    assert scripts.run(str(path), "1") == "1"
    helper.write_text("WORD = (\n")
    for _ in range(2):
        with pytest.raises(ScriptError, match="SyntaxError"):
            scripts.run(str(path), "1")
    helper.write_text("WORD = 22\n")
    assert scripts.run(str(path), "1") == "22"


def test_each_task_has_an_object_of_its_own(path: Path) -> None:
    body = "self.count = getattr(self, 'count', 0) + 1; return self.count"
    scripts = Scripts()
    assert [scripts.run(write(path, body), "1") for _ in range(2)] == ["1", "1"]


def test_threads_load_a_file_together_once(path: Path, tmp_path: Path) -> None:
    loads = tmp_path / "loads"
    path.write_text(
        f"import time\nwith open({str(loads)!r}, 'a') as file: file.write('x')\n"
        f"time.sleep(0.05)\n{HEAD}return 1{TAIL}",
        "utf-8",
    )
    scripts, found = Scripts(), list[str]()
    threads = [threading.Thread(target=lambda: found.append(scripts.run(str(path), "1"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["1"] * 4
    assert loads.read_text("ascii") == "x"


def test_threads_wait_until_what_they_import_from_beside_it_is_there(path: Path, tmp_path: Path) -> None:
    begun, go = tmp_path / "begun", tmp_path / "go"
    (tmp_path / "beside_slowly.py").write_text(
        f"import os, time\nopen({str(begun)!r}, 'w').close()\n"
        f"while not os.path.exists({str(go)!r}):\n    time.sleep(0.001)\nWORD = 'here'\n"
    )
    write(path, "import beside_slowly\n        return beside_slowly.WORD")
    scripts, said = Scripts(), list[str]()

    def run() -> None:
        try:
            said.append(scripts.run(str(path), "null"))
        except ScriptError as error:
            said.append(str(error))

    threads = [threading.Thread(target=run) for _ in range(4)]
    threads[0].start()
    until(begun.exists)
    for each in threads[1:]:
        each.start()
        each.join(0.05)  # did it not wait, it would have ended
    go.touch()
    for each in threads:
        each.join(60)
    assert said == ['"here"'] * 4


def test_what_lies_beside_it_comes_first(path: Path, tmp_path: Path) -> None:
    (tmp_path / "colorsys.py").write_text("value = 'mine'", "utf-8")
    assert Scripts().run(write(path, "import colorsys; return colorsys.value"), "1") == '"mine"'


@pytest.mark.parametrize(
    ("body", "reason", "said"),
    [
        ("1 / 0", "raised", "line 3: ZeroDivisionError: division by zero"),
        ("raise KeyboardInterrupt", "raised", "KeyboardInterrupt"),
        ("raise SystemExit('why')", "exited", "it called sys.exit('why')"),
        ("return {1}", "not_json", "run() returned a value of type set that is no JSON"),
        ("return float('nan')", "not_json", "no JSON: Out of range"),
        ("return {(1, 2): 3}", "not_json", "keys must be str"),
        ("async def later(): pass\n        return later()", "not_json", "of type coroutine"),
        (f"return 'a' * {RESULT_BYTES}", "too_large", "16,000,002 bytes of JSON, more than 16,000,000"),
        ("raise ValueError('a' * 100_000)", "raised", "ValueError: aaa"),
        (
            "class Odd(Exception):\n            def __str__(self): 1 / 0\n        raise Odd",
            "raised",
            "Odd",
        ),
    ],
)
def test_what_fails_in_run_has_its_word_and_a_sentence(body: str, reason: str, said: str, path: Path) -> None:
    found, sentence = fails(write(path, body))
    assert found == reason
    assert sentence.startswith(f"{path}: ")
    assert said in sentence
    assert len(sentence) <= ERROR_CHARACTERS


@pytest.mark.parametrize(
    ("text", "reason", "said"),
    [
        ("x = 1", "bad_script", "there is no function module() in it"),
        ("module = 1", "bad_script", "there is no function module() in it"),
        ("def module(): return 1", "bad_script", "module() returned a value of type int, which has no run"),
        ("def module(): 1 / 0", "raised", "line 1: ZeroDivisionError"),
        ("def module(a): return a", "raised", "missing 1 required positional argument"),
        ("def module(: pass", "raised", "line 1: SyntaxError"),
        ("1 / 0", "raised", "line 1: ZeroDivisionError"),
        ("import no_such_module_here", "raised", "ModuleNotFoundError"),
        ("import sys; sys.exit(1)", "exited", "it called sys.exit(1)"),
        ("x = '\0'", "raised", "null bytes"),
        ("open('/nonexistent')", "raised", "FileNotFoundError"),
    ],
)
def test_what_is_no_script_has_its_word_too(text: str, reason: str, said: str, path: Path) -> None:
    path.write_text(text, "utf-8")
    found, sentence = fails(path)
    assert (found, said in sentence) == (reason, True), sentence


def test_a_file_that_cannot_be_loaded_leaves_nothing_behind(path: Path) -> None:
    path.write_text("1 / 0", "utf-8")
    fails(path)
    assert not [name for name in sys.modules if name.startswith("topowave_script_")]


def test_a_file_that_is_not_there_or_no_file_is_no_script(tmp_path: Path) -> None:
    missing = tmp_path / "nothing.py"
    assert fails(missing) == ("no_script", f"{missing}: there is no such file")
    assert fails(tmp_path) == ("no_script", f"{tmp_path}: is not a file")
    assert fails(missing / "below.py") == ("no_script", f"{missing}/below.py: there is no such file")
    (tmp_path / "file").write_text("", "utf-8")
    assert fails(tmp_path / "file" / "below.py")[1].endswith(": Not a directory")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ScriptError, match="is not a file"):
        look_at_file(str(tmp_path / "pipe"))


def test_one_that_too_many_open_files_keep_from_being_read_may_be_there_another_time(path: Path) -> None:
    write(path, "return 1")
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest = os.dup(0)
    os.close(lowest)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, before[1]))
    try:
        failed = fails(path)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert failed[0] == "raised"
    assert "Too many open files" in failed[1]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_no_script(path: Path) -> None:
    write(path, "return 1")
    path.chmod(0)
    assert fails(path)[0] == "no_script"


def test_memory_that_is_not_there_is_left_to_the_worker(path: Path) -> None:
    for text in (HEAD + "raise MemoryError" + TAIL, "raise MemoryError", "def module(): raise MemoryError"):
        path.write_text(text, "utf-8")
        with pytest.raises(MemoryError):
            Scripts().run(str(path), "1")
