"""Only scripts that really lie in an allowed folder are found, and a refusal names the setting."""

from __future__ import annotations

from pathlib import Path

import pytest

from topowave.engine.script_folders import EXAMPLES, ScriptFolders, ScriptRefusedError
from topowave.examples import examples


@pytest.fixture
def inside(tmp_path: Path) -> Path:
    folder = tmp_path / "inside"
    folder.mkdir()
    (folder / "mine.py").write_text("", "utf-8")
    (tmp_path / "other.py").write_text("", "utf-8")
    return folder


def test_a_script_is_found_by_its_path_from_the_folder_and_by_its_whole_path(inside: Path) -> None:
    folders = ScriptFolders([str(inside)], "script_dirs")
    assert folders.find("mine.py") == folders.find(str(inside / "mine.py")) == inside / "mine.py"


def test_the_examples_are_known_by_name_where_they_are_allowed(inside: Path) -> None:
    folders = ScriptFolders([EXAMPLES, str(inside)], "script_dirs")
    assert folders.find("pi") == folders.find("pi.py") == examples()["pi"]
    with pytest.raises(
        ScriptRefusedError, match=r"pie: there is no such script .*; there are the examples .*pi"
    ):
        folders.find("pie")
    with pytest.raises(ScriptRefusedError, match=r"^pi: there is no such script in .* script_dirs allows$"):
        ScriptFolders([str(inside)], "script_dirs").find("pi")


@pytest.mark.parametrize("name", ["{top}/other.py", "{top}/inside/../other.py", "/etc/passwd", "/nowhere.py"])
def test_a_path_that_leads_elsewhere_is_refused_whether_or_not_it_is_there(inside: Path, name: str) -> None:
    with pytest.raises(ScriptRefusedError, match="is in none of the folders that script_dirs allows"):
        ScriptFolders([str(inside)], "script_dirs").find(name.format(top=inside.parent))


@pytest.mark.parametrize(
    "name", ["../other.py", "", ".", "nested", "no\0name", "x" * 5000, "link.py", "round.py"]
)
def test_what_is_no_script_in_the_folder_is_refused(inside: Path, name: str) -> None:
    (inside / "nested").mkdir()
    (inside / "link.py").symlink_to(inside.parent / "other.py")
    (inside / "round.py").symlink_to(inside / "round.py")
    with pytest.raises(ScriptRefusedError, match="script_dirs"):
        ScriptFolders([str(inside)], "script_dirs").find(name)


def test_a_folder_that_is_a_link_counts_by_where_it_leads(inside: Path) -> None:
    link = inside.parent / "link"
    link.symlink_to(inside)
    found = ScriptFolders([str(link)], "script_dirs").find("mine.py")
    assert found == ScriptFolders([str(inside)], "script_dirs").find(str(link / "mine.py"))


def test_where_no_folder_is_allowed_nothing_is_found() -> None:
    with pytest.raises(ScriptRefusedError, match="pi: script_dirs allows no folder"):
        ScriptFolders([], "script_dirs").find("pi")
