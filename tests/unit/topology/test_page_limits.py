"""What the page says of networks that are drawn is what a file may hold."""

from __future__ import annotations

import re

from tests.support.live_lab import ROOT
from topowave.sessions.limits import CLASS_CHARS, DRAWN_NODES
from topowave.topology import limits
from topowave.topology.formats.registry import FORMATS

TEXT = (ROOT / "frontend" / "src" / "pages" / "workshop" / "limits.ts").read_text("utf-8")


def said(pattern: str) -> list[int]:
    found = re.search(pattern, TEXT)
    assert found, pattern
    return [int(each.replace("_", "")) for each in found.groups()]


def test_the_limits_of_the_page_are_those_of_a_file() -> None:
    assert said(r"port: \{ least: (\S+), most: (\S+) \}") == [limits.MIN_PORT, limits.MAX_PORT]
    assert said(r"cpu: \{ least: (\S+), most: (\S+) \}") == [1, limits.MAX_CPU]
    assert said(r"\n  name: (\w+)") == [limits.MAX_NAME]
    assert said(r"\n  roles: (\w+)") == [limits.MAX_ROLES]
    assert said(r"\n  depth: (\w+)") == [limits.MAX_DEPTH]
    assert said(r"\n  delayMs: (\w+)") == [limits.MAX_LINK_DELAY_MS]
    assert said(r"\n  nodes: (\w+)") == [DRAWN_NODES]
    assert said(r"MOST_BYTES = (\w+)")[0] < CLASS_CHARS


def test_the_formats_of_the_page_are_all_there_are() -> None:
    _, _, table = TEXT.partition("FORMATS = {")
    rows = re.findall(r'^  "?([\w-]+)"?: "(\S+)",$', table, re.M)
    assert {*rows} == {(name, each.endings[0]) for name, each in FORMATS.items()}
