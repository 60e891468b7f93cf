"""A policy in a user's own file: what is refused at the start, and what is told of a round that fails."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from textwrap import dedent

import pytest

from tests.support.load_views import view_of
from tests.support.waiting import eventually
from topowave.balancer import policy_calls
from topowave.balancer.policies.base import NodeLoad, Policy, PolicySettings, WrongPlanError, plan_checked
from topowave.balancer.policies.max_load_heap import MaxLoadHeap
from topowave.balancer.policies.registry import POLICIES
from topowave.balancer.policy_calls import plan_in_time
from topowave.balancer.policy_files import failure, is_users, load_policy, policies_with, with_policy
from topowave.balancer.policy_rounds import PolicyRounds
from topowave.runtime.algorithm_error import HandlerHangError
from topowave.topology import LabConfig, Problems, Topology, read_config
from topowave.web.problem_details import Problem

pytestmark = pytest.mark.anyio

GOOD = """
from topowave.balancer.policies import Move, Policy

class HalfOf(Policy):
    '''Half of what the first node has goes to the second.'''

    def plan(self, view):
        first, second = view.nodes[:2]
        return [Move(first.port, second.port, first.load // 2)] if first.load > 1 else []
"""
NETWORK = {
    "name": "root", "port": 8000, "cpu": 2, "children": [{"name": "leaf", "port": 8001, "cpu": 2}],
}  # fmt: skip
LOADS = [NodeLoad(8000, 2, 9), NodeLoad(8001, 2, 0)]


def written(folder: Path, text: str) -> str:
    path = folder / "mine.py"
    path.write_text(dedent(text), encoding="utf-8")
    return str(path)


def planning(body: str) -> str:
    """A class whose `plan` has this line, in line 5 of its file."""
    head = "from topowave.balancer.policies import Move, Policy\n\nclass Mine(Policy):\n"
    return f"{head}    def plan(self, view):\n        {body}\n"


def rounds_of(policy: type[Policy]) -> PolicyRounds:
    return PolicyRounds(LabConfig(policy=policy.name), policies_with(policy))


async def failed(rounds: PolicyRounds) -> str:
    with pytest.raises(Problem) as problem:
        await rounds.plan(Topology.from_json(NETWORK), LOADS)
    assert (problem.value.status, problem.value.title) == (500, "Policy failed")
    return problem.value.detail


async def test_a_class_in_a_file_balances_and_is_named_after_itself(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    for text in (f"{path}:HalfOf", path):
        policy = load_policy(text)
        assert (policy.name, policy.title, policy.summary, policy.source) == (
            "half-of",
            "HalfOf",
            "Half of what the first node has goes to the second.",
            path,
        )
        assert is_users(policy)
        assert not any(map(is_users, POLICIES.values()))
        plan = await rounds_of(policy).plan(Topology.from_json(NETWORK), LOADS)
        assert [(move.giver, move.receiver, move.count) for move in plan] == [(8000, 8001, 4)]


@pytest.mark.parametrize(
    ("text", "wanted", "problem"),
    [
        ("x = 1\n", "Mine", "no policy 'Mine'; there is no subclass of Policy in it"),
        (GOOD, "Mine", "no policy 'Mine'; there are HalfOf"),
        (GOOD + "\nclass Other(HalfOf): pass\n", "", "which class?; there are HalfOf, Other"),
        ("\nclass Mine: pass\n", "Mine", "line 2: Mine is no subclass of Policy; there is no subclass"),
        ("import nosuchthing\n", "Mine", "line 1: ModuleNotFoundError"),
        ("1 / 0\n", "Mine", "line 1: ZeroDivisionError: division by zero"),
        ("def f(:\n", "Mine", "line 1: SyntaxError"),
        ("exit()\n", "Mine", "line 1: SystemExit"),
        ("from topowave.balancer.policies import Policy\nclass Mine(Policy):\n    x = 1\n", "Mine",
         "line 2: Mine: it has no `plan`; expected def plan(self, view)"),
        (planning("yield 1"), "Mine", "line 3: Mine: plan has a yield"),
        (planning("pass").replace("def plan", "async def plan"), "Mine", "plan is an async def"),
        (planning("pass").replace("self, view", "self"), "Mine", "plan does not take (self, view)"),
        (planning("pass") + "    name = 3\n", "Mine", "name: expected text in one line, found 3"),
        (planning("pass") + "    name = 'A b'\n", "Mine", "name: 'A b': expected small letters"),
        (planning("pass") + "    reads = ('max_gpu',)\n", "Mine", "reads: expected a tuple of max_cpu"),
        (planning("pass") + "    reads = ([],)\n", "Mine", "reads: expected a tuple of max_cpu"),
    ],
)  # fmt: skip
def test_what_is_no_policy_is_refused_with_its_place(
    tmp_path: Path, text: str, wanted: str, problem: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(Problems) as refused:
        load_policy(f"{path}:{wanted}" if wanted else path)
    assert str(refused.value).startswith(f"{path}: ")
    assert problem in str(refused.value)


def test_a_file_that_is_not_there_and_a_name_that_is_taken_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Problems, match=r"no\.py: there is no such file"):
        load_policy(f"{tmp_path}/no.py:Mine")
    own = load_policy(written(tmp_path, GOOD + "    name = 'tree-exact'\n"))
    with pytest.raises(Problems, match="there is a policy 'tree-exact' already"):
        policies_with(own)


def test_a_policy_is_chosen_by_config_json_or_instead_of_it_by_the_command(tmp_path: Path) -> None:
    own = written(tmp_path, GOOD)
    config = tmp_path / "config.json"
    config.write_text('{"policy": "./mine.py:HalfOf", "max_cpu": 80}', encoding="utf-8")
    read = read_config(config, {"policy": POLICIES})  # whose path begins at its own folder
    settings, policies = with_policy(read)
    assert (settings.policy, settings.max_cpu) == ("half-of", 80)
    assert list(policies) == [*POLICIES, "half-of"]
    assert with_policy(read, "tree-exact") == (LabConfig(policy="tree-exact", max_cpu=80), POLICIES)
    assert with_policy(LabConfig(), own)[0].policy == "half-of"
    for wrong in ("tree-exakt", ""):
        with pytest.raises(Problems, match=r"there is no policy .*; there are max-load-heap.*FILE\.py:CLASS"):
            with_policy(read, wrong)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("return 1 / 0", "line 5: ZeroDivisionError: division by zero"),
        ("exit()", "line 5: SystemExit"),
        ("exit('no')", "line 5: SystemExit: no"),
        ("raise KeyboardInterrupt", "line 5: KeyboardInterrupt"),
        ("return None", "line 4: expected a list of moves, found None"),
        ("return ['a']", "line 4: move 0: expected a Move, found a value of type str"),
        ("return [Move(8000, 8001, 10)]", "line 4: 8000 is to give 10, and has 9"),
        (
            "return [Move(8000, 9999, 1)]",
            "line 4: move 0, 1 from 8000 to 9999: no node of the view has the port",
        ),
        ("view.round = 3", "line 5: FrozenInstanceError"),
        ("return self.plan(view)", "line 5: RecursionError"),
    ],
)
async def test_a_round_that_fails_is_told_with_file_and_line_and_the_next_one_asks_again(
    tmp_path: Path, line: str, said: str
) -> None:
    path = written(tmp_path, planning(line))
    rounds = rounds_of(load_policy(path))
    for _ in range(2):
        told = await failed(rounds)
        assert told.startswith(f"the policy mine failed: {path}: {said}")
        assert "None" not in told.replace("found None", "")


async def test_one_that_fails_while_it_is_made_fails_its_round(tmp_path: Path) -> None:
    text = planning("return []") + "    def __init__(self, settings):\n        raise ValueError('no')\n"
    path = written(tmp_path, text)
    assert (
        await failed(rounds_of(load_policy(path)))
        == f"the policy mine failed: {path}: line 7: ValueError: no"
    )


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Little time for a policy."""
    monkeypatch.setattr(policy_calls, "POLICY_DEADLINE", 0.5)


@pytest.mark.usefixtures("short")
async def test_a_loop_without_end_is_ended_and_told_with_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, planning("while True: pass"))
    rounds = rounds_of(load_policy(path))
    for _ in range(2):
        told = await failed(rounds)
        assert told == f"the policy mine failed: it did not return within 0.5 s ({path}, line 5)"
        await eventually(lambda: all(each.name != "policy" for each in threading.enumerate()))


def failed_in_virtual_time(folder: Path, line: str) -> str:
    policy = load_policy(written(folder, planning(line)))
    with pytest.raises((HandlerHangError, SystemExit, WrongPlanError)) as raised:
        plan_in_time(policy(PolicySettings()), view_of(LOADS))
    return failure(policy, raised.value)


@pytest.mark.usefixtures("short")
def test_in_virtual_time_a_loop_without_end_is_ended_too(tmp_path: Path) -> None:
    told = failed_in_virtual_time(tmp_path, "while True: pass")
    assert told == f"it did not return within 0.5 s ({tmp_path}/mine.py, line 5)"


def test_in_virtual_time_what_a_policy_does_wrong_is_told_alike(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    assert failed_in_virtual_time(tmp_path, "exit()") == f"{file}: line 5: SystemExit"
    told = failed_in_virtual_time(tmp_path, "return None")
    assert told == f"{file}: line 4: expected a list of moves, found None"
    good = load_policy(written(tmp_path, GOOD))(PolicySettings())
    for policy in (good, MaxLoadHeap(PolicySettings())):
        assert plan_in_time(policy, view_of(LOADS)) == plan_checked(policy, view_of(LOADS)) != []


@pytest.mark.usefixtures("short")
async def test_one_that_waits_for_ever_is_left_to_itself_and_not_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policy_calls, "POLICY_ENDING", 0.2)
    text = "import threading\n\nend = threading.Event()\n" + planning("end.wait() or 1")
    policy = load_policy(written(tmp_path, text))
    rounds = rounds_of(policy)
    try:
        assert "did not return within 0.5 s" in await failed(rounds)
        assert "an earlier round has not returned yet" in await failed(rounds)
    finally:
        vars(sys.modules[policy.__module__])["end"].set()
    await eventually(lambda: all(each.name != "policy" for each in threading.enumerate()))


async def test_another_policy_begins_at_its_first_round_and_one_that_stays_goes_on() -> None:
    rounds = PolicyRounds(LabConfig())
    assert rounds.configured(LabConfig(max_cpu=90.0)) is rounds
    other = rounds.configured(LabConfig(policy="dimension-exchange"))
    assert (other.name, rounds.name) == ("dimension-exchange", "max-load-heap")
    plan = await other.plan(Topology.from_json(NETWORK), LOADS)
    assert [move.count for move in plan] == [4]
