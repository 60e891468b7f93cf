from __future__ import annotations

import os

from topowave.orchestrator.limits import PRINTED_CHARS, PRINTED_LINES, PRINTED_S
from topowave.orchestrator.printed_lines import PrintedLines


class Printer:
    """A process that prints, and the lines of it that are shown."""

    def __init__(self) -> None:
        pipe, self.end = os.pipe()
        self.now_s = 0.0
        self.shown: list[str] = []
        self.lines = PrintedLines(pipe, self.shown.append, lambda: self.now_s)

    def prints(self, text: bytes) -> list[str]:
        """Return what is shown of this."""
        del self.shown[:]
        while text:
            text = text[os.write(self.end, text[:4096]) :]
            assert self.lines.read()
        return self.shown[:]

    def ends(self) -> list[str]:
        """Return what is shown when it has ended."""
        del self.shown[:]
        os.close(self.end)
        self.lines.close()
        return self.shown[:]


def test_lines_are_shown_whole_however_they_come() -> None:
    each = Printer()
    assert each.prints(b"one\ntw") == ["one"]
    assert each.prints(b"o\nthree") == ["two"]
    assert not each.lines.read()
    assert not each.lines.ended
    assert each.ends() == ["three"]


def test_a_long_line_is_cut_and_what_is_no_utf_8_is_no_error() -> None:
    each = Printer()
    assert each.prints(b"x" * 100_000 + b"\n") == ["x" * PRINTED_CHARS + "... (100,000 bytes in all)"]
    assert each.prints(b"\xff\n") == ["\ufffd"]
    assert each.prints("\u20ac".encode() * 1000 + b"\n")[0].startswith(
        "\u20ac" * PRINTED_CHARS + "... (3,000 "
    )
    each.ends()


def test_a_flood_is_cut_off_counted_and_told() -> None:
    each = Printer()
    shown = each.prints(b"x\n" * (PRINTED_LINES + 50))
    assert shown[:-1] == ["x"] * PRINTED_LINES
    assert shown[-1] == f"... more than {PRINTED_LINES} lines in 10 s; the next ones are left out"
    assert each.prints(b"x\n" * 1000) == []
    each.now_s = PRINTED_S
    assert each.prints(b"again\n") == ["... 1,050 lines were left out", "again"]
    each.prints(b"x\n" * 300)
    assert each.ends() == ["... 101 lines were left out"]


def test_who_still_writes_holds_nobody_up_at_the_end() -> None:
    each = Printer()
    os.set_blocking(each.end, False)
    os.write(each.end, b"x" * 60_000)
    each.lines.close()
    assert each.shown == ["x" * PRINTED_CHARS + "... (60,000 bytes in all)"]
    os.close(each.end)


def test_where_nobody_can_print_any_more_there_is_nothing_to_wait_for() -> None:
    each = Printer()
    os.close(each.end)
    assert not each.lines.read()
    assert each.lines.ended
    each.lines.close()
