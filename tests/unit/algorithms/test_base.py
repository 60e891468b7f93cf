from topowave.algorithms import Algorithm
from topowave.algorithms.waves.echo import Echo


class SayTwice(Algorithm):
    def setup(self) -> None:
        self.heard: list[int] = []

    def on_start(self) -> None:
        self.send_all(self.neighbors, "hello")
        self.set_timer("again", 2.5)

    def on_timer(self, name: str) -> None:
        self.send(self.neighbors[0], name)
        self.decide(len(self.heard))


def test_handlers_record_effects_in_order() -> None:
    node = SayTwice(4, [7, 9])
    node.on_start()
    node.on_timer("again")
    assert node.effects == [
        ("send", 7, "hello"),
        ("send", 9, "hello"),
        ("timer", "again", 2.5),
        ("send", 7, "again"),
        ("decide", 0, None),
    ]


def test_a_runtime_may_give_the_list_of_effects() -> None:
    shared: list[object] = []
    node = SayTwice(0, [1], effects=shared)  # type: ignore[arg-type]  # a list of any kind will do
    node.on_start()
    assert len(shared) == 2


def test_the_state_is_all_that_the_runtime_did_not_give() -> None:
    assert SayTwice(0, [1], input=3, knows={"diameter": 1}).state() == {"heard": []}


def test_names_come_from_the_class_unless_it_says_otherwise() -> None:
    class MyEcho(Echo):
        pass

    assert (SayTwice.name, SayTwice.title) == ("say-twice", "SayTwice")
    assert MyEcho.name == "my-echo"


def test_in_and_out_neighbours_are_the_neighbours_unless_told_otherwise() -> None:
    both = SayTwice(0, [1, 2])
    assert both.in_neighbors == both.out_neighbors == [1, 2]
    one_way = SayTwice(0, [1, 2], in_neighbors=[1], out_neighbors=[2])
    assert (one_way.in_neighbors, one_way.out_neighbors) == ([1], [2])


def test_handlers_do_nothing_by_default() -> None:
    node = Algorithm(0, [1])
    node.on_start()
    node.on_message(1, None)
    node.on_timer("x")
    node.on_down(1)
    assert node.effects == []
    assert node.state() == {}
