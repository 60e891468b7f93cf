"""The table of a task's states: every state is reached, ends are ends, and who asks for more hears why."""

from __future__ import annotations

import pytest

from tests.docs.task_states import PAGE, page
from topowave.tasks import states
from topowave.tasks.commands import COMMANDS
from topowave.tasks.states import FINISHED, STATES, TRANSITIONS, UNFINISHED, InvalidTransition, check, sources


def test_every_task_begins_at_a_node_or_pending_and_can_come_into_every_state() -> None:
    assert [way.becomes for way in TRANSITIONS if way.state is None] == ["assigned", "pending"]
    assert {way.becomes for way in TRANSITIONS} == set(STATES) == {*FINISHED, *UNFINISHED}


def test_from_a_finished_state_only_a_failed_one_is_put_back_and_from_every_other_one_it_is_over_soon() -> (
    None
):
    assert [way for way in TRANSITIONS if way.state in FINISHED] == [("failed", "put_back", "pending", "")]
    assert {way.state for way in TRANSITIONS} == {None, "failed", *UNFINISHED}
    for state in UNFINISHED:
        assert any(way.becomes in FINISHED for way in TRANSITIONS if way.state == state)


def test_no_way_is_in_the_table_twice_and_one_that_forks_says_when() -> None:
    assert len({way[:3] for way in TRANSITIONS}) == len(TRANSITIONS)
    for way in TRANSITIONS:
        forks = sum(other[:2] == way[:2] for other in TRANSITIONS) > 1
        assert not forks or way.when


def test_every_command_is_in_the_table_under_its_name() -> None:
    assert {kind.name for kind in COMMANDS} == {way.command for way in TRANSITIONS}


def test_where_a_command_may_begin_is_read_from_the_table() -> None:
    assert sources("cancel") == ("pending", "assigned", "running")
    assert sources("recover") == ("moving", "running")
    assert sources("recover", "failed") == ("running",)
    assert sources("start", "completed") == ()


def test_a_command_in_a_state_that_it_is_not_for_tells_the_whole_story() -> None:
    check("finish", "running", "a.1-1.1")
    with pytest.raises(InvalidTransition) as caught:
        raise InvalidTransition("finish", "a.1-1.1", "assigned", "2 are running")
    assert str(caught.value) == (
        "finish of a.1-1.1: it is assigned, but finish is only for what is running; what is assigned allows "
        "start -> running, offer -> moving, set_priority -> assigned, expire -> failed, cancel -> cancelled, "
        "forget_nodes -> pending (2 are running)"
    )
    with pytest.raises(InvalidTransition, match=r"completed allows nothing"):
        check("cancel", "completed", "a.1-1.1")


def test_the_diagram_of_the_docs_is_drawn_from_the_table() -> None:
    assert states.diagram().count("-->") == len(TRANSITIONS) + len(FINISHED)
    assert PAGE.read_text("utf-8") == page(), "draw it anew: python -m tests.docs.task_states"
