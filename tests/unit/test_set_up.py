"""`scripts/set_up.py`: what lies in the way of the environment is told, and never emptied."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = next(folder for folder in Path(__file__).parents if (folder / "pyproject.toml").is_file())


@pytest.fixture
def set_up() -> ModuleType:
    spec = importlib.util.spec_from_file_location("set_up", ROOT / "scripts" / "set_up.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_link_in_the_environments_place_is_refused_and_what_it_leads_to_stays(
    set_up: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "work").write_text("of weeks")
    venv = tmp_path / ".venv"
    monkeypatch.setattr(set_up, "VENV", venv)
    for target in (mine, tmp_path / "nowhere"):
        venv.symlink_to(target)
        with pytest.raises(set_up.SetUpError, match=f"is a link to {target}, where a folder is to be made"):
            set_up.make_venv()
        venv.unlink()
    assert (mine / "work").read_text() == "of weeks"


def test_a_file_in_the_environments_place_is_told(
    set_up: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    venv = tmp_path / ".venv"
    venv.write_text("")
    monkeypatch.setattr(set_up, "VENV", venv)
    with pytest.raises(set_up.SetUpError, match="is a file, where a folder is to be made"):
        set_up.make_venv()


def test_what_the_system_refuses_is_a_sentence(
    set_up: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_: str) -> None:
        raise OSError(28, "No space left on device", "/clone/.venv/stamp-uv")

    monkeypatch.setattr(set_up, "set_up", refuse)
    assert set_up.main(["run"]) == 1
    assert capsys.readouterr().err == "set-up: [Errno 28] No space left on device: '/clone/.venv/stamp-uv'\n"
