"""Small algorithms as students write them, right and wrong, for the simulator's tests."""

from __future__ import annotations

from topowave.algorithms import Algorithm


class UsersEcho(Algorithm):
    """Echo in a dozen lines, without declared theorems."""

    def setup(self) -> None:
        self.parent: int | None = None
        self.waiting = set(self.neighbors)

    def on_start(self) -> None:
        self.parent = self.id
        self.send_all(self.neighbors, "token")

    def on_message(self, sender: int, message: object) -> None:
        self.waiting.remove(sender)
        if self.parent is None:
            self.parent = sender
            self.send_all(self.waiting, "token")
        if not self.waiting:
            if self.parent == self.id:
                self.decide()
            else:
                self.send(self.parent, "reply")


class Hasty(Algorithm):
    """Decides at once."""

    def on_start(self) -> None:
        self.send_all(self.neighbors, "hello")
        self.decide("done")


class Silent(Algorithm):
    """Never decides."""

    def on_start(self) -> None:
        self.send_all(self.neighbors, "hello")


class Endless(Algorithm):
    """Two nodes play for ever."""

    def on_start(self) -> None:
        self.send(self.neighbors[0], 0)

    def on_message(self, sender: int, message: object) -> None:
        self.send(sender, 0)


class Twice(Algorithm):
    """Decides twice."""

    def on_start(self) -> None:
        self.decide(1)
        self.decide(2)


class ToStranger(Algorithm):
    def on_start(self) -> None:
        self.send(99, "x")


class Failing(Algorithm):
    def on_start(self) -> None:
        self.send_all(self.neighbors, {"key": 1})

    def on_message(self, sender: int, message: object) -> None:
        raise LookupError("no such thing")


class Hanging(Algorithm):
    def on_start(self) -> None:
        while True:
            pass


class NotPlain(Algorithm):
    def on_start(self) -> None:
        self.send(self.neighbors[0], object())


class NotCopied(Algorithm):
    """Sends a set that it changes later."""

    def setup(self) -> None:
        self.seen: set[int] = set()

    def on_start(self) -> None:
        self.seen.add(self.id)
        self.send_all(self.neighbors, self.seen)
        self.set_timer("later", 0.5)

    def on_timer(self, name: str) -> None:
        self.seen.add(99)


class TalksInSetup(Algorithm):
    def setup(self) -> None:
        self.send_all(self.neighbors, "hi")


class DecidesInSetup(Algorithm):
    def setup(self) -> None:
        self.decide(1)


class Interrupts(Algorithm):
    def on_start(self) -> None:
        raise KeyboardInterrupt


class AsksForWhatItIsNotTold(Algorithm):
    def on_start(self) -> None:
        self.send(self.knows["sucessor"], "hi")


class Clock(Algorithm):
    """Ticks three times, then decides on how often it did; tells the first neighbour each time."""

    def setup(self) -> None:
        self.ticks = 0

    def on_start(self) -> None:
        self.set_timer("tick", 2)

    def on_timer(self, name: str) -> None:
        self.ticks += 1
        self.send(self.neighbors[0], self.ticks)
        if self.ticks == 3:
            self.decide(self.ticks)
        else:
            self.set_timer(name, 2)


class Waiter(Algorithm):
    """Decides on the neighbours that it was told to be down."""

    wave = False

    def setup(self) -> None:
        self.gone: list[int] = []

    def on_start(self) -> None:
        self.send_all(self.neighbors, "hello")

    def on_down(self, neighbor: int) -> None:
        self.gone.append(neighbor)
        self.decide(tuple(self.gone))


class Counter(Algorithm):
    """Sends ten numbers to its first neighbour, which notes in which order they come."""

    wave = False

    def setup(self) -> None:
        self.got: list[object] = []

    def on_start(self) -> None:
        for number in range(10):
            self.send(self.neighbors[0], number)

    def on_message(self, sender: int, message: object) -> None:
        self.got.append(message)
        if len(self.got) == 10:
            self.decide(list(self.got))
