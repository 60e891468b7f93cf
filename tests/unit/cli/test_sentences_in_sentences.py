"""What stands inside a sentence, or beside a number, is said in the language of the command, too."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.unit.cli.played_balancer import PlayedBalancer
from topowave.cli.main import app
from topowave.experiments import EXTRA
from topowave.translation.translate import translate

FILES = {
    "links.edges": "a b 2\na b 1\na a 3\n",
    "groups.graphml": "<graphml><graph edgedefault='undirected'><node id='g'><graph><node id='a'/>"
    "<node id='b'/></graph></node><edge source='a' target='b'/></graph></graphml>",
    "wrong.graphml": "<graphml><x",
    "list.json": '{"nodes": 7, "edges": []}',
    "bad.jsonl": 'NaN\n{"a": 1, "a": 2}\n[]\n{"params": 1} x\n',
    "inputs.json": '{"a": 1}\n x',
    "faults.json": '{"faults": [3]}',
    "none.json": '{"nodes": []}',
}
SYSTEM = {
    errno.EAGAIN: "ресурс пока недоступен",
    errno.ENOMEM: "не хватает памяти",
    errno.EDQUOT: "исчерпана дисковая квота",
}
LIMIT = ["simulate", "echo", "--topology", "ring:5", "--max-events", "3"]
SAID = [
    (LIMIT, "ru", "закончено по пределу числа событий: это то, что известно к этому времени"),
    (LIMIT, "ru", "решили         нет"),
    (LIMIT, "de", "beendet durch die Höchstzahl seiner Ereignisse: das ist, was bisher bekannt ist"),
    (
        ["topology", "convert", "links.edges", "out.json"],
        "ru",
        "links.edges: примечание: числа после имён пропущены у 3 связей\n"
        "links.edges: примечание: слита 1 параллельная связь\n"
        "links.edges: примечание: отброшена 1 связь узла с самим собой\n"
        "links.edges: примечание: 2 узла без пригодного cpu получили cpu 4\n",
    ),
    (
        ["topology", "convert", "links.edges", "out.json"],
        "de",
        "links.edges: Hinweis: 1 parallele Verbindung zusammengelegt\n",
    ),
    (
        ["topology", "convert", "groups.graphml", "out.json"],
        "ru",
        "примечание: опущена 1 группа без связей; узлы внутри на месте",
    ),
    (
        ["topology", "check", "wrong.graphml"],
        "ru",
        "wrong.graphml: не GraphML: незакрытая конструкция: строка 1, столбец 9",
    ),
    (
        ["topology", "convert", "list.json", "out.json", "--from", "node-link"],
        "ru",
        "list.json: nodes: ожидается список, найдено: 7",
    ),
    (
        ["topology", "convert", "none.json", "out.json", "--from", "node-link"],
        "de",
        "none.json: edges: erwartet wird eine Liste, sie fehlt",
    ),
    (
        ["task", "submit", "--batch", "bad.jsonl"],
        "ru",
        "bad.jsonl: строка 1: NaN — не JSON\n"
        "bad.jsonl: строка 2: ключ 'a' встречается дважды\n"
        'bad.jsonl: строка 3: ожидается объект вида {"script": ...}\n'
        "bad.jsonl: строка 4: не JSON: лишнее после конца (столбец 15)\n",
    ),
    (
        ["engine", "run", "pi", "--batch", "bad.jsonl"],
        "de",
        "bad.jsonl: Zeile 1: NaN ist kein JSON\n"
        "bad.jsonl: Zeile 2: der Schlüssel 'a' kommt zweimal vor\n"
        'bad.jsonl: Zeile 3: erwartet wird ein Objekt wie {"params": ...}\n',
    ),
    (
        ["agent", "--controller", "127.0.0.1:7999", "--node-ip", "192.0.2.1"],
        "ru",
        "--node-ip 192.0.2.1: это не адрес этой машины",
    ),
    (
        ["simulate", "echo", "--topology", "ring:4", "--inputs", "inputs.json"],
        "ru",
        "inputs.json: не JSON: лишнее после конца (строка 2, столбец 2)",
    ),
    (
        ["simulate", "echo", "--topology", "ring:4", "--fault", "faults.json"],
        "ru",
        'faults.json: faults[0]: ожидается объект вида {"at": 3, "crash": NAME}',
    ),
]


@pytest.mark.parametrize(
    ("english", "russian"),
    [
        (EXTRA, "для этого нужны пакеты, которые не установлены: pip install 'topowave[experiments]'"),
        ("is no address of this machine", "это не адрес этой машины"),
        *((os.strerror(number), said) for number, said in SYSTEM.items()),
    ],
)
def test_what_comes_as_plain_text_is_known(english: str, russian: str) -> None:
    assert translate(english, "ru") == russian
    assert translate(english, "de") != english


def test_the_state_that_a_cancelled_task_was_in_is_a_word_of_the_language(balancer: PlayedBalancer) -> None:
    balancer.answers = [{"task": "palm.1-3.1", "node": "palm", "was": "running"}]
    done = CliRunner().invoke(app, ["task", "cancel", "palm.1-3.1", "--lang", "ru"])
    assert done.output == "заявка palm.1-3.1 отменена; она была в состоянии выполняется\n"


@pytest.mark.parametrize(("words", "language", "said"), SAID)
def test_it_is_said_in_the_language_of_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], language: str, said: str
) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert said in CliRunner().invoke(app, [*words, "--lang", language]).output
