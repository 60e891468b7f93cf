"""The command line speaks the language that it is told, or the environment's; JSON is always the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from topowave.cli import language
from topowave.cli.foreign_sentences import recognised
from topowave.translation import Text, text

RUSSIAN = {"LANG": "ru_RU.UTF-8"}
GERMAN = {"LANG": "de_DE.UTF-8"}
ENGLISH = {"LC_ALL": "C", "LANG": "ru_RU.UTF-8"}


def run(
    words: list[str], variables: dict[str, str], folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command as a terminal with these variables does."""
    rest = {name: value for name, value in os.environ.items() if name not in {"LC_ALL", "LANG"}}
    return subprocess.run(
        [sys.executable, "-m", "topowave", *words],
        env={**rest, "PYTHONIOENCODING": "utf-8", **variables},
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def _words_typed(value: list[str] | dict[str, str] | str | int) -> str | None:
    return " ".join(value) if isinstance(value, list) else None


@pytest.mark.parametrize(
    ("words", "variables", "said", "code"),
    [
        (["--help"], RUSSIAN, "topowave [ПАРАМЕТРЫ] КОМАНДА", 0),
        (["--help"], GERMAN, "topowave [OPTIONEN] BEFEHL", 0),
        (["--help"], ENGLISH, "topowave [OPTIONS] COMMAND", 0),
        (["topology", "generate", "--help"], RUSSIAN, "[по умолчанию: course]", 0),
        (["agent", "--help"], GERMAN, "[nötig]", 0),
        (["statsu"], RUSSIAN, "Ошибка: Нет такой команды: 'statsu'. Может быть, 'status'", 2),
        (["up", "--nope"], GERMAN, "Fehler: Keine solche Option: --nope", 2),
        (["simulate"], RUSSIAN, "Не указан аргумент 'ALGORITHM'.", 2),
        (["task", "list", "--limit", "x"], RUSSIAN, "Неверное значение '--limit': ожидается целое число", 2),
        (["task", "list", "--limit", "x"], ENGLISH, "Input should be a valid integer", 2),
        (["status", "--balancer", "a b"], RUSSIAN, "— не адрес балансировщика", 2),
        (["topology", "check", "nope.json"], RUSSIAN, "nope.json: нет такого файла", 2),
        (["topology", "check", "nope.json"], GERMAN, "nope.json: diese Datei gibt es nicht", 2),
        (["topology", "check", "nope.json"], ENGLISH, "nope.json: there is no such file", 2),
        (["simulate", "echo", "--topology", "ring:4"], RUSSIAN, "завершение   выполнено", 0),
        (["check", "echo", "--topology", "ring:3"], GERMAN, "gilt in jedem Lauf", 0),
        (["simulate", "nope", "--topology", "ring:4"], RUSSIAN, "нет алгоритма 'nope'", 2),
        (["status", "--balancer", "1"], RUSSIAN, "лаборатория не отвечает", 1),
        (["down", "--balancer", "1"], GERMAN, "antwortet kein Labor", 1),
        (["deploy", "many"], RUSSIAN, "ожидается число узлов от 1", 2),
        (["config", "a=b"], GERMAN, "erwartet wird SETTING=NUMBER", 2),
        (["--lang", "ru", "topology", "check", "nope.json"], GERMAN, "нет такого файла", 2),
        (["topology", "check", "nope.json", "--lang=de"], ENGLISH, "diese Datei gibt es nicht", 2),
        (["--lang", "xx"], ENGLISH, "'xx' is no language that is spoken here; expected en, de, ru", 2),
        (["--lang", "xx"], RUSSIAN, "не язык, который здесь есть", 2),
    ],
    ids=_words_typed,
)
def test_a_command_speaks_its_language(
    words: list[str], variables: dict[str, str], said: str, code: int, tmp_path: Path
) -> None:
    done = run(words, variables, tmp_path)
    assert said in done.stdout + done.stderr
    assert done.returncode == code


@pytest.mark.parametrize(
    "words",
    [
        ["topology", "check", "nope.json", "--json"],
        ["simulate", "nope", "--topology", "ring:4", "--json"],
        ["simulate", "echo", "--topology", "ring:4", "--json"],
        ["status", "--balancer", "1", "--json"],
        ["task", "list", "--limit", "x", "--json"],
    ],
    ids=" ".join,
)
def test_json_is_the_same_in_every_language(words: list[str], tmp_path: Path) -> None:
    printed = {run(words, variables, tmp_path).stdout for variables in (RUSSIAN, GERMAN, ENGLISH)}
    assert len(printed) == 1
    json.loads(printed.pop())


def test_where_the_letters_cannot_be_shown_english_is_spoken(tmp_path: Path) -> None:
    done = run(["topology", "check", "nope.json"], {**RUSSIAN, "PYTHONIOENCODING": "ascii"}, tmp_path)
    assert "there is no such file" in done.stderr


def test_english_help_reads_no_catalog() -> None:
    code = (
        "import sys; sys.argv = ['topowave', '--help']\n"
        "from topowave.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print([name for name in sys.modules if name in"
        " ('topowave.translation.translate', 'topowave.cli.translated_help')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_option_stands_anywhere_before_two_dashes() -> None:
    assert language.take_language(["up", "--lang", "ru", "--json"]) == ["up", "--json"]
    assert language.language() == "ru"
    assert language.take_language(["run", "--", "--lang", "ru"]) == ["run", "--", "--lang", "ru"]
    assert language.language() == "en"
    with pytest.raises(typer.BadParameter, match="is no language"):
        language.take_language(["up", "--lang"])


def test_a_sentence_of_a_library_is_found_again_with_its_parts() -> None:
    found = recognised("Invalid value for '--limit': Input should be greater than or equal to 1")
    assert isinstance(found, Text)
    assert found.code == "Invalid value for {name}: {problem}"
    problem = found.parameters["problem"]
    assert isinstance(problem, Text)
    assert problem.parameters == {"bound": "1"}
    own = text("{word} is no time", word="x")
    kept = recognised("Invalid value for '--since': x is no time", own)
    assert isinstance(kept, Text)
    assert kept.parameters["problem"] is own
    assert recognised("What nobody knows.") == "What nobody knows."


TOO_SOON = """
from topowave import Algorithm, Connected


class TooSoon(Algorithm):
    requires = (Connected,)
    messages = (int,)
    deciders = "one"

    def on_start(self):
        for each in self.neighbors:
            self.send(each, 1)
        self.decide(1)

    def on_message(self, sender, message):
        pass
"""


def test_a_counterexample_is_told_step_by_step_in_the_language(tmp_path: Path) -> None:
    (tmp_path / "too_soon.py").write_text(TOO_SOON, encoding="utf-8")
    (tmp_path / "topology.json").write_text(
        '{"name": "a", "port": 8000, "cpu": 1, "children": [{"name": "b", "port": 8001, "cpu": 1}]}',
        encoding="utf-8",
    )
    said = run(["check", "./too_soon.py:TooSoon"], RUSSIAN, tmp_path).stdout
    assert "у узла b нет события до решения узла a" in said
    assert "начинает, отправляет 1 узлу b, принимает решение 1" in said
    assert "ещё в пути: 1 от a к b" in said
