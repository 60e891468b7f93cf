"""Echo waves without a pause while something is done to a lab: each is judged, and none may be wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

import httpx

from tests.support.live_lab import LiveLab
from tests.support.waiting import PATIENCE_S, until
from topowave.experiments.chaos.verdict import says_network_changed, wrong_with_law, wrong_with_wave

Record = Callable[[str, object], None]
"""Notes a figure for `make reliability`: pytest's `record_property`."""


@dataclass
class Watched:
    """What was seen.

    Attributes:
        complete, incomplete: waves that ended so.
        unanswered: waves of which nobody knows, since the balancer died with them.
        missing: all who were named missing by any.
        wrong: what was wrong with any, or with the law.
        laws: readings of the law.
        changed: waves that say that the network changed under them.
        networks: the nodes of each network that a wave began in, by its number.
    """

    complete: int = 0
    incomplete: int = 0
    unanswered: int = 0
    missing: set[str] = field(default_factory=set[str])
    wrong: list[str] = field(default_factory=list[str])
    laws: int = 0
    changed: int = 0
    networks: dict[int, list[str]] = field(default_factory=dict[int, list[str]])

    @property
    def waves(self) -> int:
        return self.complete + self.incomplete

    def add(self, more: Watched) -> None:
        """Add what was seen later."""
        self.complete += more.complete
        self.incomplete += more.incomplete
        self.unanswered += more.unanswered
        self.laws += more.laws
        self.changed += more.changed

    def __str__(self) -> str:
        lost = f", {self.unanswered} unanswered" if self.unanswered else ""
        return (
            f"{self.complete} waves complete, {self.incomplete} incomplete{lost}, 0 wrong; "
            f"the law held in {self.laws} readings"
        )


def one_wave(lab: LiveLab, http: httpx.Client, seen: Watched) -> dict[str, Any] | None:
    """Run one echo wave and judge it."""
    try:
        answer = http.get(f"{lab.balancer}/echo")
        if answer.status_code not in {200, 504}:
            raise httpx.TransportError(answer.text)
        tree = answer.json() if answer.is_success else None
        number = answer.json()["wave"] if tree is None else unquote(answer.headers["x-wave"])
        wave = lab.until(
            lambda: http.get(f"{lab.balancer}/waves/{quote(number, safe='')}").raise_for_status().json(),
            lambda found: found["state"] != "running",
        )
        nodes = _nodes_of(lab, http, wave, seen)
        law = http.get(f"{lab.balancer}/status").raise_for_status().json()["tasks"]
    except httpx.HTTPError:
        seen.unanswered += 1
        return None
    seen.wrong += wrong_with_wave(wave, tree, nodes)
    seen.changed += says_network_changed(wave)
    seen.missing |= set(wave["missing"])
    seen.complete += wave["state"] == "complete"
    seen.incomplete += wave["state"] == "incomplete"
    if law is not None:
        seen.laws += 1
        seen.wrong += wrong_with_law(law, None)
    found: dict[str, Any] = wave
    return found


def _nodes_of(lab: LiveLab, http: httpx.Client, wave: dict[str, Any], seen: Watched) -> list[str]:
    """The nodes of the network in which a wave began; raises where nobody knows any more."""
    version = wave["version"]
    if version not in seen.networks:
        path = f"{lab.balancer}/waves/{quote(wave['id'], safe='')}/events"
        seen.networks[version] = http.get(path).raise_for_status().json()["nodes"]
    return seen.networks[version]


@contextmanager
def watching(lab: LiveLab) -> Generator[Watched]:
    """Watch a lab."""
    seen, over = Watched(), threading.Event()

    def watch() -> None:
        with httpx.Client(timeout=PATIENCE_S, trust_env=False) as http:
            while not over.is_set():
                one_wave(lab, http, seen)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seen
        lab.until(lambda: seen.waves, bool)
    finally:
        over.set()
        thread.join()
    assert seen.wrong == []


def wait_complete(lab: LiveLab) -> None:
    """Wait until a wave is complete again."""
    with httpx.Client(timeout=PATIENCE_S, trust_env=False) as http:

        def complete() -> bool:
            wave = one_wave(lab, http, Watched())
            return wave is not None and wave["state"] == "complete"

        until(complete)
