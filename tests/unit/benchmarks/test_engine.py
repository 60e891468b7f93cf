"""The engine's benchmark: all contestants do the same work, and the figures say what was found."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from multiprocessing import resource_tracker
from pathlib import Path

import pytest

from benchmarks import engine as benchmark
from benchmarks.engine import Question, Sizes, aims, percentile, questions, spread, table, widths
from benchmarks.engine_contestants import ADD, WAIT, Loop, contestant, run_each

ROOT = Path(__file__).parents[3]
OTHERS = {"Dask": "distributed", "Celery's pool": "billiard"}
NAMES = {name for question in questions(Sizes.small(), 1) for name in question.names}


@pytest.fixture(scope="module", autouse=True)
def _resource_tracker() -> None:  # pyright: ignore[reportUnusedFunction]
    """Let the process be there that `multiprocessing` starts once and keeps: it is no leak of a test."""
    resource_tracker.ensure_running()


@pytest.mark.parametrize("name", sorted(NAMES - OTHERS.keys()))
def test_every_contestant_has_the_same_values_in_their_order(name: str) -> None:
    with contestant(name, 2) as pool:
        assert pool.batch(ADD, [1, 2, 3]) == [{"sum": 0}, {"sum": 1}, {"sum": 3}]
        assert pool.single(WAIT, 0.001) == 0.001


@pytest.mark.slow
@pytest.mark.parametrize("name", OTHERS)
def test_those_of_others_have_them_too_where_they_are_installed(name: str) -> None:
    if find_spec(OTHERS[name]) is None:
        pytest.skip(f"{name} is not installed")
    program = (
        "import sys\nfrom benchmarks.engine_contestants import ADD, contestant\n"
        "if __name__ == '__main__':\n"
        "    with contestant(sys.argv[1], 1) as pool:\n"
        "        print([each['sum'] for each in pool.batch(ADD, [1, 2, 3])])\n"
    )
    # In a process of its own: they leave threads and processes behind.
    done = subprocess.run([sys.executable, "-c", program, name], capture_output=True, cwd=ROOT, check=True)
    assert done.stdout == b"[0, 1, 3]\n"


def test_a_contestant_that_nobody_knows_is_refused() -> None:
    with pytest.raises(LookupError), contestant("nobody", 1):
        pass


def test_each_question_is_asked_of_the_engine_first() -> None:
    for question in questions(Sizes.small(), 2):
        assert question.names[0].startswith("engine")
        assert question.measure(Loop()) > 0


def test_rounds_are_held_against_each_other_one_by_one_and_the_median_counts() -> None:
    found = iter([3.0, 9.0, 6.0])
    more = Question("tasks/s", 1, ("engine", "loop"), lambda _: next(found))
    for _ in range(3):
        more.ask("loop")
    assert more.rounds == {"loop": [3.0, 9.0, 6.0]}
    assert len(more.loads["loop"]) == 3
    more.rounds["engine"] = [3.0, 3.0, 3.0]
    assert more.ratios("loop") == [1, 1 / 3, 1 / 2]
    assert more.ratio("loop") == 0.5
    less = Question("ms", 1, more.names, more.measure, least=True, rounds=more.rounds)
    assert less.ratio("loop") == 2


def test_a_figure_stands_beside_its_least_and_its_most() -> None:
    assert spread([3.0, 9.0, 6.5]) == ("6.50", "3.00 - 9.00")
    assert spread([1234.5, 999.9, 20.25]) == ("1,000", "20.25 - 1,234")


def test_a_call_that_raises_costs_no_other_its_result(tmp_path: Path) -> None:
    path = tmp_path / "half.py"
    path.write_text(
        "class Half:\n    def run(self, params):\n        print(params)\n        return 1 / params\n"
        "def module():\n    return Half()\n",
        "utf-8",
    )
    bad, good = run_each(str(path), ["0", "2"])
    assert (bad[0], bad[1], bad[3]) == ("ZeroDivisionError: division by zero", "null", "0\n")
    assert (good[0], good[1], good[3]) == ("", "0.5", "2\n")


def test_a_percentile_is_the_least_value_that_so_many_do_not_exceed() -> None:
    values = [*range(100, 0, -1)]
    assert [percentile(values, percent) for percent in (50, 99, 100)] == [50, 99, 100]
    assert [percentile([7], percent) for percent in (1, 50, 99)] == [7, 7, 7]


def test_the_growth_is_measured_up_to_the_cores() -> None:
    assert [widths(cores) for cores in (1, 2, 6)] == [[1], [1, 2], [1, 2, 4, 6]]


def test_every_aim_is_held_against_what_was_found() -> None:
    asked = questions(Sizes.small(), 1)
    for question in asked:
        question.rounds.update((name, [2.0]) for name in question.names)
        question.loads.update((name, [1.0]) for name in question.names)
    assert {ratio for _, ratio, _ in aims(asked)} == {1.0}
    assert table(asked, 1).row_count == sum(1 + len(question.names) for question in asked)


@pytest.mark.slow
def test_the_whole_runs_with_small_sizes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["engine", "--small"])
    benchmark.main()
    printed = capsys.readouterr().out
    assert "ProcessPoolExecutor.map" in printed
    assert "aim: at least 0.8" in printed
