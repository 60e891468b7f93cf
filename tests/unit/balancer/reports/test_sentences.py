"""Why there is no report is said in the reader's language."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.balancer.reports.made import make_report
from topowave.balancer.reports.report import scenario_in, summary_lines
from topowave.balancer.reports.report_files import ReportFiles, UnreadableReportError
from topowave.translation import sentence_of
from topowave.translation.translate import translate


def test_what_is_no_report_is_said_in_russian_and_german(tmp_path: Path) -> None:
    make_report(tmp_path, "a")
    files = ReportFiles(tmp_path)
    with pytest.raises(UnreadableReportError) as refused:
        files.read("b", "report.md")
    sentence = sentence_of(refused.value)
    assert translate(sentence, "ru") == "b/report.md: такого файла в папке отчётов нет"
    with pytest.raises(UnreadableReportError) as refused:
        files.read("a", "pictures")
    assert translate(sentence_of(refused.value), "ru") == "a/pictures: это каталог"
    with pytest.raises(UnreadableReportError) as refused:
        scenario_in(b"[")
    assert translate(sentence_of(refused.value), "ru").startswith("его scenario.json записан не командой")
    with pytest.raises(UnreadableReportError) as refused:
        summary_lines(b"")
    assert translate(sentence_of(refused.value), "de").startswith("seine summary.csv hat andere Spalten")


def test_what_came_as_plain_text_is_said_as_well() -> None:
    assert translate("the comparison took longer than 60 s", "ru") == "сравнение заняло больше 60 с"
    assert translate(
        "ab has too many runs to be compared here: `topowave experiment compare` does it", "de"
    ) == ("ab hat zu viele Läufe, um hier verglichen zu werden; das tut `topowave experiment compare`")
