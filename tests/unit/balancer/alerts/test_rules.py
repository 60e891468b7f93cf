"""What the rules find, how they say it, and that each sentence has its translations."""

from __future__ import annotations

import pytest

from topowave.balancer.alerts.facts import BadWave, DownNode, Facts, GrowingQueue
from topowave.balancer.alerts.rules import RULES
from topowave.topology.alert_settings import ALERT_RULES, AlertSettings
from topowave.translation import Text
from topowave.translation.translate import translate

BROKEN = BadWave("echo", "root-1", "Echo", "wrong", (), ())
EVERYTHING = Facts(
    0,
    AlertSettings(),
    75,
    loads={"a": 80.0, "b": 90.5},
    down={
        "c": DownNode("dead", None, "c"),
        "d": DownNode("stopped", None, "c"),
        "e": DownNode("failed", None, "e"),
    },
    silent_agents={"host-1": ["x", "y"]},
    bottlenecks=["f"],
    bad_waves=[BROKEN, BadWave("finn", "root-2", "Finn", "incomplete", ("g", "h"), ("g", "h"))],
    queue=GrowingQueue(40, still=True),
    unwritable="the disk is full",
    imbalance=3.5,
    missed=2,
    soon=1,
)


def said(facts: Facts) -> dict[str, Text]:
    found = {rule.name: (rule, list(rule.find(facts))) for rule in RULES}
    return {name: rule.say(findings, facts) for name, (rule, findings) in found.items() if findings}


def test_there_is_a_rule_for_each_name_and_each_says_what_it_has_found() -> None:
    assert tuple(rule.name for rule in RULES) == ALERT_RULES
    assert said(Facts(0)) == {}
    assert said(EVERYTHING) == {
        "node-failed": "e has failed and was given up: its process died again and again",
        "agent-silent": "the agent host-1 is silent; 2 nodes were to run there: x, y",
        "node-down": "2 nodes are down: c, d: its process has died",
        "wave-wrong": "Echo root-1 is wrong: it is not what its algorithm promises",
        "wave-incomplete": "Finn root-2 is incomplete: 2 nodes are missing: g, h",
        "journal": "no change of a task can be kept: the disk is full",
        "deadline-missed": "2 tasks have missed their deadlines",
        "deadline-soon": "1 task is not over, and its deadline is less than 60 s away",
        "overload": "2 nodes are overloaded, with a load of up to 80 % of their cores: a, b",
        "queue-growing": "40 tasks wait; they have become more and more for 60 s",
        "imbalance": "the load is spread unevenly: the imbalance is 3.5, more than 1 is too much",
        "bottleneck": "f is predicted to be overloaded in the next round",
    }


@pytest.mark.parametrize("language", ["de", "ru"])
def test_every_sentence_is_translated_whole(language: str) -> None:
    nobody = Facts(0, bad_waves=[BadWave("finn", "root-2", "Finn", "incomplete", (), ())])
    for sentence in [*said(EVERYTHING).values(), *said(nobody).values()]:
        assert translate(sentence, language) != sentence
    for state in ("dead", "failed", "stopped", "inactive"):
        facts = Facts(0, down={"c": DownNode(state, None, "c")})
        (sentence,) = said(facts).values()
        why = sentence.parameters["why"]
        assert isinstance(why, Text)
        assert translate(why, language) != why
        assert translate(why, language) in translate(sentence, language)


def test_a_journal_that_cannot_even_be_read_is_told_as_that() -> None:
    found = said(Facts(0, unreadable="it is gone", unwritable="it is gone"))
    assert found == {"journal": "tasks cannot be counted: it is gone"}
    assert translate(found["journal"], "ru") == "заявки не сосчитать: it is gone"


def test_in_russian_a_number_has_its_form() -> None:
    def of(count: int) -> str:
        return translate(said(Facts(0, missed=count))["deadline-missed"], "ru")

    assert [of(count) for count in (1, 3, 5)] == [
        "1 заявка не выполнена в срок",
        "3 заявки не выполнены в срок",
        "5 заявок не выполнены в срок",
    ]


def test_nodes_of_a_silent_agent_are_not_down_besides() -> None:
    facts = Facts(0, down={"x": DownNode("inactive", None, "x")}, silent_agents={"host-1": ["x"]})
    assert said(facts).keys() == {"agent-silent"}


def test_a_wave_that_misses_only_nodes_that_are_down_and_those_behind_them_is_not_told_besides() -> None:
    wave = BadWave("echo", "root-1", "Echo", "incomplete", ("a", "below a"), ("a",))
    facts = Facts(0, down={"a": DownNode("dead", None, "a")}, bad_waves=[wave])
    assert said(facts).keys() == {"node-down"}


def test_an_imbalance_begins_only_while_somebody_is_overloaded() -> None:
    (rule,) = (rule for rule in RULES if rule.name == "imbalance")
    assert [found.beyond for found in rule.find(Facts(0, loads={"a": 80.0}, imbalance=1.0))] == [True]
    assert [found.beyond for found in rule.find(Facts(0, loads={"a": 70.0}, imbalance=9.0))] == [False]
    assert list(rule.find(Facts(0, imbalance=9.0))) == []
