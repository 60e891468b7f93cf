"""Only what lies in the folder of reports is read, whatever is asked for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.unit.balancer.reports.made import make_report
from topowave.balancer import limits
from topowave.balancer.reports.report_files import ReportFiles, UnreadableReportError


def test_lists_folders_that_have_a_scenario_and_nothing_else(tmp_path: Path) -> None:
    make_report(tmp_path, "b")
    make_report(tmp_path, "a")
    make_report(tmp_path, ".hidden")
    (tmp_path / "other").mkdir()
    (tmp_path / "scenario.json").write_text("{}", encoding="utf-8")
    assert ReportFiles(tmp_path).names() == ["a", "b"]
    assert ReportFiles(tmp_path / "missing").names() == []


def test_reads_a_file_of_a_report(tmp_path: Path) -> None:
    make_report(tmp_path, "a")
    files = ReportFiles(tmp_path)
    assert files.read("a", "pictures", "messages.svg") == b"<svg/>"
    assert files.pictures("a") == ["messages"]
    assert files.pictures("missing") == []


@pytest.mark.parametrize("name", ["..", ".", "", "a/../..", "/etc", "a\0b", "x" * 5_000])
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "results"
    make_report(folder, "a")
    (tmp_path / "passwd").write_text("secret", encoding="utf-8")
    files = ReportFiles(folder)
    with pytest.raises(UnreadableReportError):
        files.read(name, "passwd")
    with pytest.raises(UnreadableReportError):
        files.read("a", name)


def test_a_link_that_leads_elsewhere_is_refused_and_one_inside_is_followed(tmp_path: Path) -> None:
    folder = tmp_path / "results"
    path = make_report(folder, "a")
    (tmp_path / "passwd").write_text("secret", encoding="utf-8")
    (path / "report.md").symlink_to(tmp_path / "passwd")
    (folder / "elsewhere").symlink_to(tmp_path)
    (folder / "again").symlink_to(path)
    (path / "circle").symlink_to(path / "circle")
    files = ReportFiles(folder)
    for asked in (("a", "report.md"), ("elsewhere", "passwd"), ("a", "circle")):
        with pytest.raises(UnreadableReportError):
            files.read(*asked)
    assert files.read("again", "report.html").startswith(b"<!doctype")


def test_a_pipe_keeps_nobody_waiting_and_a_folder_is_no_file(tmp_path: Path) -> None:
    path = make_report(tmp_path, "a")
    os.mkfifo(path / "report.md")
    files = ReportFiles(tmp_path)
    for name in ("report.md", "pictures"):
        with pytest.raises(UnreadableReportError):
            files.read("a", name)
        assert files.changed("a", name) is None


def test_what_is_no_file_is_closed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_report(tmp_path, "a")
    opened: list[int] = []
    really_open = os.open

    def noted(path: str, flags: int) -> int:
        opened.append(really_open(path, flags))
        return opened[-1]

    monkeypatch.setattr(os, "open", noted)
    with pytest.raises(UnreadableReportError, match="directory"):
        ReportFiles(tmp_path).read("a", "pictures")
    (descriptor,) = opened
    with pytest.raises(OSError, match="descriptor"):
        os.fstat(descriptor)


def test_what_has_a_name_that_is_no_utf_8_is_not_listed(tmp_path: Path) -> None:
    path = make_report(tmp_path, "a")
    try:
        (path / "pictures" / os.fsdecode(b"ex\xff.svg")).touch()
        make_report(tmp_path, os.fsdecode(b"ex\xff"))
    except OSError:
        pytest.skip("this file system has no such names")
    files = ReportFiles(tmp_path)
    assert (files.names(), files.pictures("a")) == (["a"], ["messages"])


def test_a_file_beyond_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_report(tmp_path, "a")
    monkeypatch.setattr(limits, "REPORT_BYTES", 10)
    (path / "report.md").write_bytes(b"0123456789")
    assert ReportFiles(tmp_path).read("a", "report.md") == b"0123456789"
    (path / "report.md").write_bytes(b"0123456789a")
    with pytest.raises(UnreadableReportError, match="larger than 10 bytes"):
        ReportFiles(tmp_path).read("a", "report.md")


def test_at_most_so_many_reports_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b", "c"):
        make_report(tmp_path, name)
    monkeypatch.setattr(limits, "REPORTS", 2)
    assert len(ReportFiles(tmp_path).names()) == 2
    monkeypatch.setattr(limits, "REPORT_ENTRIES", 1)
    assert len(ReportFiles(tmp_path).names()) == 1
