"""What is typed or read may be of any length: it is refused in a sentence, and not repeated whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from topowave.cli.main import app

LONG = "x" * 100_000
PRINTED_CHARS = 1500


@pytest.mark.parametrize(
    "words",
    [
        [LONG],
        ["algorithms", LONG],
        ["simulate", LONG, "-t", "ring:3"],
        ["simulate", f"{LONG}.py:X", "-t", "ring:3"],
        ["simulate", "echo", "-t", LONG],
        ["simulate", "echo", "-t", "ring:3", "--initiator", LONG],
        ["simulate", "echo", "-t", "ring:3", "--ids", LONG],
        ["simulate", "echo", "-t", "ring:3", "--seed", LONG],
        ["check", "echo", "-t", LONG],
        ["replay", LONG],
        ["draw", LONG, "-o", "x.svg"],
        ["up", "-t", LONG],
        ["config", LONG],
        ["topology", "convert", LONG, "x.json"],
        ["topology", "generate", "--shape", "ring", "--nodes", "3", "-o", f"{LONG}.json"],
        ["engine", "run", LONG],
        ["engine", "run", "pi", "--batch", LONG],
        ["engine", "run", "pi", "--params", LONG],
        ["task", "submit", "pi", "--params", LONG],
        ["status", "--balancer", LONG],
    ],
    ids=lambda words: " ".join(word for word in words if len(word) < 100),
)
def test_a_word_of_any_length_is_refused_in_a_sentence(words: list[str]) -> None:
    done = CliRunner().invoke(app, words)
    assert done.exit_code in {1, 2}
    assert isinstance(done.exception, SystemExit)
    assert len(done.output) < PRINTED_CHARS


@pytest.mark.parametrize(
    "content",
    [{"name": "root", "port": 1, "cpu": 1, LONG: 1}, {"name": LONG, "port": 1, "cpu": 1}, {LONG: {}}],
)
def test_a_file_with_a_name_or_key_of_any_length_is_too(tmp_path: Path, content: object) -> None:
    file = tmp_path / "topology.json"
    file.write_text(json.dumps(content))
    done = CliRunner().invoke(app, ["up", "-t", str(file), "-c", str(file)])
    assert done.exit_code == 2
    assert len(done.output) < PRINTED_CHARS
