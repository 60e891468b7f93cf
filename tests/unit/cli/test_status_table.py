from topowave.cli.status_table import status_text

NODE = {"name": "amber", "port": 8001, "cpu": 4, "state": "up", "load": 6, "restarts": 1}


def test_the_lab_comes_first_then_a_line_for_every_node() -> None:
    status = {
        "title": "topology.json",
        "states": {"up": 1, "stopped": 1},
        "load": 6,
        "policy": "max-load-heap",
        "nodes": [NODE, {**NODE, "name": "[b]", "state": "stopped", "port": 8}],
    }
    assert status_text(status).splitlines() == [
        "topology.json: 1 up, 1 stopped; load 6; policy max-load-heap",
        "tasks: the journal cannot be read",
        "",
        "node   port  state    load  cpu  restarts",
        "amber  8001  up          6    4         1",
        "[b]    8     stopped     6    4         1",
    ]


def test_a_forecast_and_whom_it_warns_of_are_in_the_first_line() -> None:
    status = {"policy": "predictive", "forecast": "none", "nodes": [NODE | {"bottleneck": False}]}
    assert status_text(status).splitlines()[0] == "lab: no nodes; load 0; policy predictive"
    status = {**status, "forecast": "last-value", "nodes": [NODE | {"bottleneck": True}]}
    said = "lab: no nodes; load 0; policy predictive; forecast last-value; predicted bottlenecks: amber"
    assert status_text(status).splitlines()[0] == said


def test_links_that_are_being_opened_have_a_line_of_their_own() -> None:
    opening = {"connections": 36_028, "open": 1234, "seconds_left": 11.2}
    assert status_text({"links_opening": opening}).splitlines()[1] == (
        "links: 1,234 of 36,028 connections are open, about 12 s to go"
    )
    line = status_text({"links_opening": {**opening, "seconds_left": None}}).splitlines()[1]
    assert line == "links: 1,234 of 36,028 connections are open"


def test_a_long_name_is_shown_whole() -> None:
    name = "n" * 64
    assert name in status_text({"nodes": [{**NODE, "name": name}]})


def test_the_law_is_one_line_that_can_be_added_up() -> None:
    tasks = {
        "submitted": 21,
        "pending": 0,
        "assigned": 1,
        "moving": 2,
        "running": 3,
        "completed": 4,
        "failed": 5,
        "cancelled": 6,
    }
    line = status_text({"tasks": {**tasks, "lawful": True}}).splitlines()[1]
    added = "0 pending + 1 assigned + 2 moving + 3 running + 4 completed + 5 failed + 6 cancelled"
    assert line == f"tasks: 21 submitted = {added}"
    broken = status_text({"tasks": {**tasks, "submitted": 22, "lawful": False}}).splitlines()[1]
    assert broken == f"tasks: 22 submitted is not {added}: the law is broken"
