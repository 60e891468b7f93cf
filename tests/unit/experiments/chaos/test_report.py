import json

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
