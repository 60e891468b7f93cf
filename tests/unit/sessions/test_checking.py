"""A session's class is checked in its own process, and the failing order that was found is gone through."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.sessions.test_answering import Desk
from topowave.checker import check
from topowave.sessions.checking import lesson_form
from topowave.sessions.limits import CHECK_MOST_NODES, CHECK_MOST_S, CHECK_NODES

HASTY = '''from topowave import Algorithm


class HastyEcho(Algorithm):
    """An echo whose initiator does not wait for all."""

    def setup(self):
        self.parent = None

    def on_start(self):
        self.parent = self.id
        self.send_all(self.neighbors, "token")
        if not self.neighbors:
            self.decide()

    def on_message(self, sender, message):
        if self.parent is None:
            self.parent = sender
            self.send_all(self.neighbors, "token")
        elif self.parent == self.id:
            self.decide()
            self.parent = -1
'''


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.chdir(tmp_path)
    return Desk()


def opened(desk: Desk) -> None:
    desk.ask("open", network="ring:5", file={"name": "hasty.py", "text": HASTY})


def test_a_failing_order_is_found_and_the_session_stands_in_it(desk: Desk) -> None:
    opened(desk)
    found = desk.ask("check", nodes=3)
    lesson = found["lesson"]
    assert (lesson["condition"], lesson["position"]) == ("dependence", found["at"])
    assert lesson["kinds"][0] == "early"
    assert found["algorithm"]["name"] == "hasty-echo"
    assert len(found["nodes"]) == len(found["neighbors"]) == 3
    assert found["right"]["name"] == "echo"
    assert len(found["right"]["positions"]) == found["at"] + 1
    broken = desk.ask("break")["break"]
    assert (broken["position"], broken["broken"]) == (found["at"], ["dependence"])
    assert desk.ask("go", position=0)["at"] == 0


def test_where_nothing_breaks_the_session_stays_as_it_was(desk: Desk) -> None:
    desk.ask("open", network="ring:5", algorithm="echo")
    desk.ask("step")
    found = desk.ask("check", nodes=2)
    assert (found["lesson"], found["at"]) == (None, 1)
    assert found["checked"] == {
        "networks": 3,
        "of": 3,
        "states": found["checked"]["states"],
        "complete": True,
    }
    assert desk.ask("pending")["total"] == 2


def test_a_search_is_given_up_when_the_page_says_so(desk: Desk) -> None:
    opened(desk)
    stopping = Desk(lambda: setattr(stopping.answering, "stopped", True))
    opened(stopping)
    assert stopping.problems("check") == ["it was stopped"]


def test_more_nodes_and_a_longer_search_than_a_session_can_have_are_refused(desk: Desk) -> None:
    opened(desk)
    assert CHECK_NODES < CHECK_MOST_NODES
    assert "this is no ask" in desk.problems("check", nodes=CHECK_MOST_NODES + 1)[0]
    assert "this is no ask" in desk.problems("check", time=CHECK_MOST_S + 1)[0]


def test_a_counterexample_of_the_command_is_opened_in_its_order(desk: Desk) -> None:
    opened(desk)
    found = desk.ask("check", nodes=3)
    result = check("hasty.py", all_connected=3)
    assert result.violation is not None
    assert lesson_form(result)["lesson"] == found["lesson"]
    order = "\n".join(result.violation.trace) + "\n"
    again = desk.ask("open", file={"name": "hasty.py", "text": HASTY}, order=order)
    assert (again["at"], again["nodes"]) == (found["at"], found["nodes"])
    assert again["network"] == result.violation.network
    assert desk.problems("open", network="ring:3", algorithm="echo", order=order) == [
        "network: the order of a counterexample has its own; leave it out"
    ]
