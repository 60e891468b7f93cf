import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from topowave.load.limits import RECORDING_BYTES
from topowave.load.recordings import reading
from topowave.load.recordings.reading import read_recording
from topowave.topology import Problems

FILE = Path("tests/data/recordings/ring.json")
Change = Callable[[dict[str, Any]], object]


def changed(change: Change, folder: Path) -> Path:
    """The recording with one thing changed."""
    data = json.loads(FILE.read_text("utf-8"))
    change(data)
    file = folder / "changed.json"
    file.write_text(json.dumps(data), "utf-8")
    return file


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    found = read_recording(FILE)
    assert (len(found.tasks), len(found.rounds), len(found.topology.nodes)) == (60, 4, 5)
    found.write(tmp_path / "again.json")
    assert read_recording(tmp_path / "again.json") == found


WRONG: list[tuple[Change, str]] = [
    (lambda data: data.update(tasks=[]), "tasks: has none; expected one at least"),
    (lambda data: data["tasks"][3].update(node="elm"), 'tasks[3].node: there is no node "elm"'),
    (lambda data: data["tasks"][3].update(submitted=-1.0), "tasks[3]: a time is before"),
    (
        lambda data: data["tasks"][3].update(duration=0.0),
        "tasks[3].duration: 0.0; expected seconds above 0",
    ),
    (lambda data: data["tasks"][3].update(weight=0), "tasks[3].weight: 0; expected cores from 1"),
    (lambda data: data["tasks"][3].update(deadline=0.0), "tasks[3].deadline: 0.0; expected seconds"),
    (lambda data: data["tasks"][3].update(attempts=[]), "tasks[3].attempts: has none"),
    (
        lambda data: data["tasks"][3].update(submitted="x"),
        "Expected `float`, got `str` - at `$.tasks",
    ),
    (
        lambda data: data["rounds"][1]["loads"].pop(),
        "rounds[1].loads: has 4 entries, and there are 5 nodes",
    ),
    (lambda data: data["rounds"][1].update(planned=0.0), "rounds[1]: a time is before"),
    (lambda data: data["rounds"][1].update(not_taking=["elm"]), 'rounds[1]: there is no node "elm"'),
    (
        lambda data: data["rounds"][0]["moves"][0].update(asked=0.0),
        "rounds[0].moves[0]: a time is before",
    ),
    (
        lambda data: data["rounds"][0]["moves"][0].update(giver="x"),
        "rounds[0].moves[0].giver: there is no",
    ),
    (lambda data: data["network"].update(cpu=0), "network: cpu: 0"),
    (lambda data: data.update(format="x"), "is no recording of `topowave load play --record`"),
    (lambda data: data.update(version=2), "is no recording of `topowave load play --record`"),
]
"""What is changed, and what is told of it."""


@pytest.mark.parametrize(("change", "told"), WRONG)
def test_what_is_wrong_is_told_with_its_place(change: Change, told: str, tmp_path: Path) -> None:
    file = changed(change, tmp_path)
    with pytest.raises(Problems) as refusal:
        read_recording(file)
    assert str(refusal.value).startswith(f"{file}: ")
    assert told in str(refusal.value)


def test_what_is_no_json_is_missing_or_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "none.json"
    with pytest.raises(Problems, match=r"none\.json: cannot be read: No such file"):
        read_recording(file)
    file.write_text("[" * 100_000, "utf-8")
    with pytest.raises(Problems, match="is no recording"):
        read_recording(file)
    assert FILE.stat().st_size < RECORDING_BYTES
    monkeypatch.setattr(reading, "RECORDING_BYTES", 1000)
    with pytest.raises(Problems, match="is larger than 1,000 bytes"):
        read_recording(FILE)
