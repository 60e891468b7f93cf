import os

from topowave.algorithms import Algorithm
from topowave.algorithms.base import EffectList
from topowave.runtime.handler_note import NOTE_BYTES, HandlerNote, HandlerRun


class Quitter(Algorithm):
    title = "Gives up"

    def on_start(self) -> None:
        os._exit(7)


FIRST = Quitter.on_start.__code__.co_firstlineno


def test_a_parent_reads_which_handler_ended_its_child() -> None:
    note = HandlerNote()
    quitter = Quitter(0, (), effects=EffectList())
    pid = os.fork()
    if not pid:
        note.begin("a-1", "a", Quitter, "on_start")
        quitter.on_start()
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7
    run = note.read()
    assert run is not None
    assert run == HandlerRun("a-1", "a", "quitter", "Gives up", "Quitter.on_start", __file__, FIRST)
    assert run.text == f"Quitter.on_start ({__file__}, line {FIRST}: def on_start(self) -> None:)"


def test_a_handler_that_has_ended_is_noted_no_more() -> None:
    note = HandlerNote()
    assert note.read() is None
    note.begin("a-1", "a", Quitter, "on_start")
    assert note.read()
    note.end()
    assert note.read() is None


def test_what_the_class_has_not_written_itself_has_no_place() -> None:
    note = HandlerNote()
    note.begin("a-1", "a", Quitter, "setup")
    run = note.read()
    assert run is not None
    assert (run.file, run.text) == (None, "Quitter.setup")


def test_names_may_be_long_and_no_utf_8() -> None:
    note = HandlerNote()

    class Odd(Quitter):
        title = "x" * NOTE_BYTES

    odd = Odd
    odd.__qualname__ = "half \udc80"
    note.begin("a-1", "a", odd, "on_start")
    run = note.read()
    assert run is not None
    assert (run.title, run.text) == ("x" * 200, "half \\udc80.on_start")
