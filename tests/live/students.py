"""Classes as students write them: one right, the others wrong."""

import os
import subprocess
import sys
import threading
import warnings
from typing import cast

from topowave import Algorithm


class MyEcho(Algorithm):
    def setup(self) -> None:
        self.parent: int | None = None
        self.waiting = set(self.neighbors)

    def on_start(self) -> None:
        self.parent = self.id
        self.send_all(self.neighbors, "token")

    def on_message(self, sender: int, message: object) -> None:
        self.waiting.discard(sender)
        if self.parent is None:
            self.parent = sender
            self.send_all((q for q in self.neighbors if q != sender), "token")
        if not self.waiting:
            if self.parent == self.id:
                self.decide()
            else:
                self.send(self.parent, "back")


class Divider(MyEcho):
    def on_message(self, sender: int, message: object) -> None:
        super().on_message(sender, 1 // (3 - self.id))


class Steerer(MyEcho):
    """Fails with what would clear a terminal, and turn a line around."""

    def on_message(self, sender: int, message: object) -> None:
        raise ValueError("\x1b[2J \u202egnp.exe")


class Shouter(MyEcho):
    def on_start(self) -> None:
        self.send(77, "hello")


class Waiter(MyEcho):
    """Sets a timer for a time that is none."""

    def on_start(self) -> None:
        self.set_timer("soon", cast("float", "soon"))


class Asserter(MyEcho):
    """Expects what never comes."""

    def on_message(self, sender: int, message: object) -> None:
        assert sender < 0, "I expected nobody"


class Hasty(MyEcho):
    """Decides before anybody else has heard of the wave."""

    def on_start(self) -> None:
        super().on_start()
        self.decide({"heard": 0})
        self.waiting.add(-1)  # so that it does not decide in the end, too


class Twice(MyEcho):
    """The root decides twice."""

    def on_message(self, sender: int, message: object) -> None:
        super().on_message(sender, message)
        if self.id == 0 and not self.waiting:
            self.decide("again")


class Undecided(MyEcho):
    """Forgets to decide."""

    def decide(self, value: object = None) -> None:
        pass


class Leaver(MyEcho):
    def on_start(self) -> None:
        raise SystemExit(3)


class Interrupter(MyEcho):
    def on_start(self) -> None:
        raise KeyboardInterrupt


class Opaque(MyEcho):
    def on_start(self) -> None:
        self.send_all(self.neighbors, object())


class Flood(MyEcho):
    def on_start(self) -> None:
        self.send_all(self.neighbors, "x" * 5_000_000)


class EarlySender(MyEcho):
    def setup(self) -> None:
        super().setup()
        self.send_all(self.neighbors, "token")


class Failing(MyEcho):
    def setup(self) -> None:
        self.share = 1 // self.id


class Recursive(MyEcho):
    """An attribute that it never made is looked for without end."""

    def __getattr__(self, name: str) -> object:
        return getattr(self, name)

    def on_start(self) -> None:
        self.send(self.neighbors[0], self.nowhere)


class Quitter(MyEcho):
    """Ends its node's process, as nothing inside Python can see."""

    def on_message(self, sender: int, message: object) -> None:
        if self.id == 3:
            os._exit(0)
        super().on_message(sender, message)


class Talker(MyEcho):
    """Prints at the root in every way there is."""

    def on_start(self) -> None:
        sys.stdout.write("\x1b[31mprinted\n")
        os.write(2, b"\x1b[2Jwritten\n")
        subprocess.run(["echo", "by a child"], check=True)
        warnings.warn("careful", stacklevel=1)
        threading.Thread(target=lambda: 1 // 0, name="mine").start()
        sys.stdout.close()
        super().on_start()


class Walker(Algorithm):
    """A message goes from a node to one of its neighbours by chance, until it is home again."""

    wave = False
    deciders = "one"

    def on_start(self) -> None:
        self.send(self.random.choice(self.neighbors), [self.id, 1])

    def on_message(self, sender: int, message: list[int]) -> None:
        home, hops = message
        if self.id == home:
            self.decide(hops)
        else:
            self.send(self.random.choice(self.neighbors), [home, hops + 1])
