from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from topowave.experiments import parcel
from topowave.experiments.parcel import do_portion_of, pack
from topowave.experiments.portions import do_portion
from topowave.experiments.scenario_file import ScenarioFile, scenario_from
from topowave.topology import generate
from topowave.topology.problems import Problems

MINE = """\
from topowave import Echo
from beside import WRONG

class Mine(Echo):
    def on_start(self):
        if len(self.neighbors) == WRONG:
            1 / 0
        super().on_start()
"""


@pytest.fixture
def source(tmp_path: Path) -> ScenarioFile:
    home = tmp_path / "home" / "scenarios"
    home.mkdir(parents=True)
    (tmp_path / "home" / "tree.json").write_text(json.dumps(generate("binary", nodes=5, seed=1).to_json()))
    (home / "mine.py").write_text(MINE)
    (home / "beside.py").write_text("WRONG = 2\n")
    data = {
        "name": "sent", "kind": "waves", "algorithm": "mine.py:Mine", "topology": ["../tree.json", "ring:4"],
        "seeds": 2,
    }  # fmt: skip
    return scenario_from(data, home)


def test_on_a_machine_without_the_files_the_rows_are_the_same_to_the_letter(
    source: ScenarioFile, tmp_path: Path
) -> None:
    expected, _ = do_portion(source, range(4))
    assert any(str(source.folder) in row["reason"] for row in expected)
    sent = pack(source)
    assert set(sent.files) == {"../tree.json", "mine.py", "beside.py"}
    (tmp_path / "home").rename(tmp_path / "elsewhere")
    rows, _ = do_portion_of(sent, range(4))
    assert json.dumps(rows) == json.dumps(expected)


def test_a_machine_with_other_versions_refuses_and_says_what_it_has(
    source: ScenarioFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = pack(source)
    monkeypatch.setattr(parcel, "versions", lambda: sent.versions | {"topowave": "0.0.7"})
    with pytest.raises(
        Problems, match=r"has topowave 0\.0\.7 and python .*; expected topowave .* and python"
    ):
        do_portion_of(sent, [0])


def test_other_contents_are_another_parcel(source: ScenarioFile) -> None:
    before = pack(source)
    assert pack(source).key == before.key
    (source.folder / "beside.py").write_text("WRONG = 3\n")
    assert pack(source).key != before.key
    assert replace(before, files={}).key != before.key
