import json
from collections import Counter

from topowave.experiments.chaos.report import WRONG_SHOWN, ChaosReport


def test_a_report_without_complaints_says_that_everything_held() -> None:
    report = ChaosReport(seed=3, intensity="low", nodes=7, seconds=60.0, mended_s=1.25)
    report.faults["kill"] += 2
    assert report.held
    assert report.text().splitlines()[:2] == [
        "chaos: 60 s, seed 3, intensity low, 7 nodes",
        "  faults      2 kill",
    ]
    assert report.text().endswith("everything held")


def test_a_report_tells_of_the_networks_where_nodes_joined_or_left() -> None:
    report = ChaosReport(seed=3, intensity="low", nodes=7, nodes_least=7, nodes_most=7)
    assert "networks" not in report.text()
    report.networks, report.nodes_most, report.waves_changed = 5, 12, 1
    assert "\n  networks    5, of 7 to 12 nodes; 1 wave says that it changed meanwhile\n" in report.text()


def test_a_report_names_what_did_not_hold_and_counts_the_rest() -> None:
    report = ChaosReport(seed=3, intensity="low")
    report.complain(f"thing {number}" for number in range(WRONG_SHOWN + 5))
    assert not report.held
    assert "NOT MENDED" in report.text()
    assert "  thing 0\n" in report.text()
    assert report.text().endswith("  ... and 5 more")


def test_a_program_reads_the_same_figures() -> None:
    report = ChaosReport(seed=3, intensity="low")
    report.unanswered["status"] += 1
    told = json.loads(json.dumps(report.as_json()))
    assert (told["seed"], told["unanswered"], told["held"]) == (3, {"status": 1}, True)


def test_a_report_names_every_kind_of_script_and_how_it_ended() -> None:
    report = ChaosReport(seed=3, intensity="low", scripts_submitted=9, scripts_again=1)
    report.scripts = {"raises": Counter(raised=2), "long": Counter(completed=5, node_ended=1)}
    text = report.text()
    assert "  scripts     9 submitted, 8 ended as they must, 1 of them begun again and say so\n" in text
    assert "\n    long    5 completed, 1 node_ended\n    raises  2 raised\n" in text
    told = json.loads(json.dumps(report.as_json()))
    assert told["scripts"] == {"long": {"completed": 5, "node_ended": 1}, "raises": {"raised": 2}}


def test_a_lab_that_allows_no_such_scripts_is_told_in_its_own_words() -> None:
    report = ChaosReport(seed=3, intensity="low", scripts_refused="script_dirs allows no folder")
    assert "  scripts     none, since the lab refuses them: script_dirs allows no folder\n" in report.text()
    assert report.held
