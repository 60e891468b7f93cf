from topowave.status_table import status_text

NODE = {"name": "amber", "port": 8001, "cpu": 4, "state": "up", "queued": 2, "running": 4, "restarts": 1}


def test_the_lab_comes_first_then_a_line_for_every_node() -> None:
    status = {
        "title": "topology.json",
        "states": {"up": 1, "stopped": 1},
        "load": 6,
        "nodes": [NODE, {**NODE, "name": "[b]", "state": "stopped", "port": 8}],
    }
    assert status_text(status).splitlines() == [
        "topology.json: 1 up, 1 stopped; load 6",
        "",
        "node   port  state    load  cpu  restarts",
        "amber  8001  up          6    4         1",
        "[b]    8     stopped     6    4         1",
    ]


def test_a_long_name_is_shown_whole() -> None:
    name = "n" * 64
    assert name in status_text({"nodes": [{**NODE, "name": name}]})
