"""What every registered policy is called, and says of itself."""

from __future__ import annotations

import re

import pytest

from topowave.balancer.policies.base import SETTINGS
from topowave.balancer.policies.registry import POLICIES, find_policy
from topowave.topology import LabConfig

every_policy = pytest.mark.parametrize("name", POLICIES)


def test_the_settings_choose_a_policy_that_there_is() -> None:
    assert LabConfig().policy in POLICIES


def test_an_unknown_policy_is_refused_with_what_there_is() -> None:
    with pytest.raises(KeyError, match=r"there is no policy 'heap'; there are .*max-load-heap"):
        find_policy("heap")


@every_policy
def test_a_policy_is_found_by_its_name_and_says_what_it_is(name: str) -> None:
    policy = find_policy(name)
    assert policy.name == name
    assert re.fullmatch(r"[a-z][a-z0-9-]*", name)
    for said in (policy.title, policy.summary, policy.source, policy.knows, policy.messages, policy.wins):
        assert said.strip() == said != ""
    assert set(policy.reads) <= set(SETTINGS)
