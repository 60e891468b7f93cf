import os

from tests.unit.orchestrator.support import StandIns


def test_a_child_has_only_its_own_socket_two_pipes_and_the_log_open(lab: StandIns) -> None:
    opened = [lab.node(port)["open"] for port in lab.ports]
    assert [sorted(link.split(":")[0] for link in set(links)) for links in opened] == [
        ["pipe", "pipe", "pipe", "socket"]
    ] * 3
    assert len({link for links in opened for link in links if link.startswith("socket")}) == 3


def test_every_process_has_a_number_of_its_own_and_the_balancer_is_the_first(lab: StandIns) -> None:
    assert lab.control().wait(kind="hello")["incarnation"] == 0
    assert sorted(lab.node(port)["incarnation"] for port in lab.ports) == [1, 2, 3]


def test_every_child_leads_a_session_of_its_own(lab: StandIns) -> None:
    assert [os.getsid(pid) for pid in lab.pids()] == lab.pids()
