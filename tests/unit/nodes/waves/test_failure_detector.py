"""Whom a wave waits for is asked whether it is there: again and again, ever less often, whatever comes."""

from __future__ import annotations

import pytest

from tests.support.waiting import eventually
from tests.unit.nodes.lab import names, running_lab, tree
from tests.unit.wire.loop import failures_of, on_uvloop
from topowave.algorithms.waves.echo import Echo
from topowave.nodes.waves import failure_detector


def nothing(_: int) -> None:
    """Do nothing."""


@on_uvloop
async def test_a_probe_that_fails_is_heard_and_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(_: float) -> bool:
        raise ZeroDivisionError("no ping")

    async with running_lab(tree(1), absent=["root0"], probe_after=0.05) as lab:
        [peer] = lab.node("root").peers.values()
        alive = peer.alive
        monkeypatch.setattr(peer, "alive", fail)
        with failures_of(failure_detector) as failures:
            await lab.tell("root", lab.request("w-1"))
            await eventually(lambda: bool(failures))
        assert failures[0] == "w-1: a probe of root0 failed: ZeroDivisionError('no ping')"
        monkeypatch.setattr(peer, "alive", alive)
        assert names(await lab.brought("w-1")) == ["root"]


@on_uvloop
async def test_a_wave_that_goes_on_is_probed_for_less_and_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[int] = []

    async def note(_: float) -> bool:
        pauses.append(wave.pauses)
        return True

    async with running_lab(tree(1), absent=["root0"], probe_after=0.05) as lab:
        [peer] = lab.node("root").peers.values()
        monkeypatch.setattr(peer, "alive", note)
        monkeypatch.setattr(peer, "_on_down", nothing)  # its link cannot be opened, which would end the wave
        wave = lab.node("root").waves.start(Echo)
        assert wave.pauses == 1
        await eventually(lambda: len(pauses) >= 4)
    assert pauses[:4] == [2, 4, 4, 4]
