"""What a kernel is copied by: cheaply, since who steps through a run copies it hundreds of times.

Most of a run does not change between two copies, so copies share it. A node's instance is copied when a copy
of the kernel is made, but only if the node has had an event since the last one; and again in the copy, once
the node has an event there. So a copy of a run on a thousand nodes costs what the events since the last one
have touched, in time as in memory. A kernel that nobody has copied has a plain dict of instances.

What must hold: an instance that two kernels refer to never has an event; it is copied first.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping

from topowave.algorithms import Algorithm
from topowave.runtime.effects import CheckedEffects
from topowave.runtime.message_size import is_frozen
from topowave.runtime.wave import WaveResult
from topowave.simulator.events import Arrive, Queued

_SHARED = ("neighbors", "in_neighbors", "out_neighbors", "knows")
"""What an instance is given and nothing changes."""


class SharedInstances(dict[int, Algorithm]):
    """The instances of a wave in a kernel that was copied, or is a copy.

    Args:
        instances: by node.
        own: the nodes whose instances no other kernel refers to.
        effects: where this kernel's instances record theirs.
    """

    def __init__(
        self, instances: Mapping[int, Algorithm], own: Iterable[int], effects: CheckedEffects
    ) -> None:
        super().__init__(instances)
        self._own = set(own)
        self._effects = effects
        self._saved: dict[int, Algorithm] = {}
        """Copies of instances that have had no event since, for the next copy of the kernel."""

    def __getitem__(self, node: int) -> Algorithm:
        """Return the instance of a node that has an event now."""
        self._saved.pop(node, None)
        instance = super().__getitem__(node)
        if node not in self._own:
            instance = instance_copy(instance, self._effects)
            self[node] = instance
        return instance

    def __setitem__(self, node: int, instance: Algorithm) -> None:
        self._own.add(node)
        self._saved.pop(node, None)
        super().__setitem__(node, instance)

    def get(self, node: int, default: Algorithm | None = None) -> Algorithm | None:  # type: ignore[override]
        """Return the instance of a node that has an event now, or `default` if it has none."""
        return self[node] if node in self else default  # noqa: SIM401 - that is what `get` is

    def shared(self, effects: CheckedEffects) -> SharedInstances:
        """Return the instances for a copy of the kernel, whose effects are recorded in `effects`."""
        made = dict(self)
        for node in self._own & self.keys():
            saved = self._saved.get(node)
            if saved is None:
                saved = self._saved[node] = instance_copy(made[node], effects)
            made[node] = saved
        return SharedInstances(made, (), effects)


def instance_copy(instance: Algorithm, effects: CheckedEffects) -> Algorithm:
    """Return a copy of an instance that records its effects in `effects`. Raises what its attributes do."""
    given = vars(instance)
    memo: dict[int, object] = {id(given[name]): given[name] for name in _SHARED if name in given}
    memo[id(instance.effects)] = effects
    return copy.deepcopy(instance, memo)


def wave_copy(wave: WaveResult, own: CheckedEffects, effects: CheckedEffects) -> WaveResult:
    """Return what became of a wave, for a copy of its kernel.

    Args:
        wave: of the kernel that is copied, whose instances are shared from now on.
        own: where that kernel's instances record their effects.
        effects: where the copy's will.
    """
    instances = wave.instances
    if not isinstance(instances, SharedInstances):
        instances = wave.instances = SharedInstances(instances, instances, own)
    made = copy.copy(wave)
    made.instances = instances.shared(effects)
    made.past = None if wave.past is None else dict(wave.past)
    made.unheard = [*wave.unheard]
    made.decisions = [
        (node, value if is_frozen(value) else copy.deepcopy(value)) for node, value in wave.decisions
    ]
    return made


def has_changeable_messages(queue: Iterable[Queued]) -> bool:
    """Whether some message on its way could still be changed by its sender, with whose state it is one."""
    return any(isinstance(event, Arrive) and event.envelope.copy is not None for _, _, event in queue)
