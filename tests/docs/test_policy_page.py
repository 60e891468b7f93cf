from pathlib import Path

from scripts.policy_page import PAGE, page, write
from topowave.balancer.policies.registry import POLICIES


def test_the_committed_page_is_the_one_that_the_classes_make() -> None:
    assert PAGE.read_text("utf-8") == page(), "run `python -m scripts.policy_page`"


def test_every_policy_has_a_part_with_its_source() -> None:
    parts = page().split("\n## ")[1:]
    assert [part.partition("\n")[0] for part in parts] == list(POLICIES)
    for part, policy in zip(parts, POLICIES.values(), strict=True):
        assert f"**Source:** {policy.source}." in part


def test_only_a_page_that_changes_is_written(tmp_path: Path) -> None:
    assert write(tmp_path / "policies.md")
    assert not write(tmp_path / "policies.md")
