"""What scripts print leads to the task that printed it, and takes no more room than it may."""

from __future__ import annotations

import subprocess
import sys
import threading

from hypothesis import given
from hypothesis import strategies as st

from topowave.engine.captured_output import Captured, CapturedStream
from topowave.engine.limits import OUTPUT_CHARACTERS


@given(st.lists(st.text(max_size=3).map(lambda text: text * (OUTPUT_CHARACTERS // 4)), max_size=6))
def test_the_beginning_is_kept_and_the_rest_is_counted(parts: list[str]) -> None:
    captured = Captured()
    for part in parts:
        captured.add(part)
    whole = "".join(parts)
    more = len(whole) - OUTPUT_CHARACTERS
    left_out = f"\n[{more:,} more characters were left out]\n" if more > 0 else ""
    assert captured.text() == whole[:OUTPUT_CHARACTERS] + left_out


def test_each_thread_s_output_is_its_own_task_s() -> None:
    stream = CapturedStream()
    ours = stream.begin()
    print("before", file=stream)
    theirs: list[Captured] = []

    def other() -> None:
        theirs.append(stream.begin())
        print("theirs", file=stream)

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    print("after", file=stream)
    assert ours.text() == "before\nafter\n"
    assert theirs[0].text() == "theirs\n"


def test_what_a_thread_prints_that_a_script_has_started_is_the_last_task_s() -> None:
    stream = CapturedStream()
    stream.write("before any task")
    stream.begin()
    captured = stream.begin()
    thread = threading.Thread(target=stream.write, args=("from a thread",))
    thread.start()
    thread.join()
    assert captured.text() == "from a thread"


def test_bytes_are_taken_as_utf_8() -> None:
    stream = CapturedStream()
    captured = stream.begin()
    assert stream.buffer.write("é".encode() + b"\xff") == 3
    assert stream.write("x") == 1
    assert captured.text() == "é\ufffdx"
    assert stream.writable()
    assert stream.buffer.writable()
    assert not stream.readable()


def test_a_process_that_is_captured_prints_nothing_and_reads_nothing() -> None:
    program = (
        "import os, subprocess, sys\n"
        "from topowave.engine.captured_output import capture\n"
        "stream = capture()\ncaptured = stream.begin()\n"
        "print('out'); print('err', file=sys.stderr); os.write(1, b'lost')\n"
        "assert sys.stdin.read() == ''\n"
        "subprocess.run(['echo', 'lost too'], check=True)\n"
        "assert captured.text() == 'out\\nerr\\n', captured.text()\n"
        "os._exit(7)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], input=b"typed", capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (7, b"", b"")
