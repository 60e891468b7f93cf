"""Which waves are told: the last bad one of a kind, for a while, unless its reason is told already."""

from __future__ import annotations

from topowave.balancer.alerts.bad_waves import BadWaves
from topowave.balancer.alerts.facts import BadWave
from topowave.balancer.limits import BAD_WAVES


def bad(kind: str = "echo", id: str = "root-1", *missing: str) -> BadWave:
    return BadWave(kind, id, kind.title(), "incomplete", missing, missing)


def test_the_last_of_a_kind_is_told_for_a_while() -> None:
    waves = BadWaves()
    waves.add(bad(), 0)
    waves.add(bad(id="root-2"), 5)
    assert [wave.id for wave in waves.look(64, 60, ())] == ["root-2"]
    assert waves.look(66, 60, ()) == []


def test_a_complete_one_of_its_kind_undoes_it_and_one_of_another_does_not() -> None:
    waves = BadWaves()
    waves.add(bad(), 0)
    waves.complete("finn")
    assert len(waves.look(1, 60, ())) == 1
    waves.complete("echo")
    assert waves.look(1, 60, ()) == []


def test_one_that_misses_only_nodes_that_are_told_as_down_is_explained_for_ever() -> None:
    waves = BadWaves()
    waves.add(bad("echo", "root-1", "a", "b"), 0)
    assert len(waves.look(1, 60, {"a"})) == 1
    assert waves.look(2, 60, {"a", "b"}) == []
    assert waves.look(3, 60, ()) == []


def test_one_in_which_nobody_can_be_named_is_explained_by_nothing() -> None:
    waves = BadWaves()
    waves.add(bad(), 0)
    assert len(waves.look(1, 60, {"a"})) == 1


def test_bad_waves_kinds_are_remembered() -> None:
    waves = BadWaves()
    for number in range(BAD_WAVES + 1):
        waves.add(bad(str(number)), 0)
    kinds = [wave.kind for wave in waves.look(1, 60, ())]
    assert (len(kinds), kinds[0]) == (BAD_WAVES, "1")
