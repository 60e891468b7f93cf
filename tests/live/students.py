"""Classes as students write them: one right, the others wrong."""

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
