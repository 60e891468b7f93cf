"""Who is alive: leases, sessions, and agents of the same name."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from topowave.balancer.agents.registry import AgentRegistry, AgentState, Arrival, lease_s
from topowave.balancer.limits import AGENTS, AGENTS_PORTS
from topowave.wire.agents import HEARTBEAT, LEASE_BEATS, Hello, RunningProcess

HELLO = Hello("a1", "s1", "127.0.0.1", 9000, 2, 900.0, 1.0, "boot", "1.0")
"""Whose lease is four seconds."""


def hello(name: str = "a1", session: str = "s1", **other: Any) -> Hello:
    return msgspec.structs.replace(HELLO, name=name, session=session, **other)


def state(agents: AgentRegistry, name: str = "a1") -> AgentState:
    agent = agents.find(name)
    assert agent is not None
    return agent.state


def names(agents: AgentRegistry) -> list[str]:
    return [agent.name for agent in agents.alive]


def test_an_agent_is_alive_until_its_lease_is_over_which_each_word_renews() -> None:
    agents = AgentRegistry()
    assert agents.hello(HELLO, 0.0) is Arrival.NEW
    assert agents.next_s == 4.0
    assert agents.heard("a1", [RunningProcess(7, "up", 1)], 3.0)
    assert agents.expire(6.9) == []
    assert [agent.name for agent in agents.expire(7.0)] == ["a1"]
    assert (state(agents), names(agents), agents.here) == (AgentState.SILENT, [], [])
    assert AgentRegistry().next_s is None
    assert not agents.heard("a1", [], 7.1)  # it has to begin anew


def test_a_silent_agent_that_comes_back_is_alive_again_whatever_its_session() -> None:
    agents = AgentRegistry()
    agents.hello(HELLO, 0.0)
    agents.expire(4.0)
    assert agents.hello(hello(session="s2"), 5.0) is Arrival.BACK
    assert names(agents) == ["a1"]


def test_a_connection_that_breaks_ends_no_lease() -> None:
    agents = AgentRegistry()
    agents.hello(HELLO, 0.0)
    agents.unlinked("a1")
    assert names(agents) == ["a1"]
    assert agents.hello(HELLO, 2.0) is Arrival.AGAIN


def test_a_second_agent_of_a_name_is_rejected_while_the_first_speaks() -> None:
    agents = AgentRegistry()
    agents.hello(HELLO, 0.0)
    agents.heard("a1", [], 1.0)
    assert agents.hello(hello(session="s2"), 2.0) is Arrival.TAKEN


def test_an_agent_that_was_started_again_waits_until_the_lease_of_its_former_session_is_over() -> None:
    agents = AgentRegistry()
    agents.hello(HELLO, 0.0)
    agents.unlinked("a1")
    assert agents.hello(hello(session="s2"), 1.0) is Arrival.LATER
    assert [known.session for known in agents.here] == ["s1"]
    agents.expire(4.0)
    assert agents.hello(hello(session="s2"), 4.1) is Arrival.BACK


def test_an_agent_whose_host_hangs_while_its_connection_looks_open_does_not_end_its_successor() -> None:
    agents = AgentRegistry()
    agents.hello(HELLO, 0.0)
    assert agents.hello(hello(session="s2"), 3.0) is Arrival.LATER


def test_an_agent_that_says_that_it_has_ended_is_gone_at_once() -> None:
    agents = AgentRegistry()
    agents.hello(HELLO, 0.0)
    agents.ended("a1")
    assert agents.is_gone("a1")
    assert agents.hello(hello(session="s2"), 0.1) is Arrival.NEW


def test_agents_that_the_last_balancer_knew_have_the_whole_lease_to_come_back() -> None:
    agents = AgentRegistry()
    agents.expect("a1", None, 0.0)
    assert not agents.here_is_known
    assert not agents.is_gone("a1")
    agents.expect("a1", HELLO, 0.0)
    assert agents.here == [HELLO]
    assert names(agents) == []
    assert agents.hello(hello(session="s2"), 1.0) is Arrival.LATER
    assert agents.hello(HELLO, 2.0) is Arrival.BACK
    agents.expect("b2", None, 0.0)
    over = agents.expire(HEARTBEAT * (LEASE_BEATS + 1))
    assert {agent.name for agent in over} == {"a1", "b2"}
    assert agents.is_gone("b2")
    assert agents.here == []


def test_how_long_that_is_follows_from_the_heartbeat_once_it_is_known() -> None:
    agents = AgentRegistry()
    agents.expect("a1", None, 0.0)
    agents.expect("a1", HELLO, 0.5)
    assert [agent.name for agent in agents.expire(4.5)] == ["a1"]


def test_what_the_orchestrator_says_of_an_agent_that_has_come_already_changes_nothing() -> None:
    agents = AgentRegistry()
    agents.hello(HELLO, 0.0)
    agents.expect("a1", hello(session="s0"), 1.0)
    assert agents.here == [HELLO]


def test_ports_that_an_agent_could_not_open_are_remembered_for_its_session() -> None:
    agents = AgentRegistry()
    agents.hello(HELLO, 0.0)
    ended = RunningProcess(7, "ended", reason="port 9001 is taken by another program")
    agents.heard("a1", [ended, RunningProcess(8, "ended", reason="killed by SIGKILL")], 1.0)
    agents.heard("a1", [], 2.0)
    agent = agents.find("a1")
    assert agent is not None
    assert agent.taken_ports == {9001}
    agents.expire(6.0)
    agents.hello(hello(session="s2"), 7.0)
    assert agent.taken_ports == set()


def test_no_more_ports_are_remembered_than_an_agent_could_name_by_mistake() -> None:
    agents = AgentRegistry()
    agents.hello(HELLO, 0.0)
    ended = [
        RunningProcess(port, "ended", reason=f"port {port} is taken") for port in range(1, AGENTS_PORTS + 9)
    ]
    agents.heard("a1", ended, 1.0)
    assert [len(agent.taken_ports) for agent in agents] == [AGENTS_PORTS]


def test_there_are_so_many_agents_at_most_and_the_longest_silent_one_gives_way() -> None:
    agents = AgentRegistry()
    for number in range(AGENTS):
        agents.hello(hello(f"a{number}"), number / 1000)
    assert agents.hello(hello("more"), 1.0) is Arrival.FULL
    agents.expire(4.001)
    assert agents.hello(hello("more"), 4.1) is Arrival.NEW
    assert agents.find("a0") is None
    assert agents.find("a1") is not None


@given(st.lists(st.tuples(st.floats(0.01, 3.0), st.sampled_from(["word", "break", "same", "other"]))))
def test_no_second_session_is_taken_in_while_the_first_may_run_nodes(steps: list[tuple[float, str]]) -> None:
    agents, now_s = AgentRegistry(), 0.0
    agents.hello(HELLO, now_s)
    session, heard_s, sessions = "s1", now_s, 1
    for pause_s, what in steps:
        now_s += pause_s
        agents.expire(now_s)
        if what == "word" and agents.heard("a1", [], now_s):
            heard_s = now_s
        elif what == "break":
            agents.unlinked("a1")
        elif what == "same" and agents.hello(hello(session=session), now_s) in (Arrival.AGAIN, Arrival.BACK):
            heard_s = now_s
        elif what == "other":
            sessions += 1
            arrival = agents.hello(hello(session=f"s{sessions}"), now_s)
            assert (arrival is Arrival.BACK) == (now_s - heard_s >= lease_s(1.0))
            if arrival is Arrival.BACK:
                session, heard_s = f"s{sessions}", now_s
