"""The engine's benchmark: all contestants do the same work, and the figures say what was found."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from multiprocessing import resource_tracker
from pathlib import Path

import pytest

from benchmarks import engine as benchmark
from benchmarks.engine import Question, Sizes, aims, percentile, questions, table, widths
from benchmarks.engine_contestants import ADD, WAIT, Loop, contestant

ROOT = Path(__file__).parents[3]
NAMES = {name for question in questions(Sizes.small(), 1) for name in question.names}


@pytest.fixture(scope="module", autouse=True)
def _resource_tracker() -> None:  # pyright: ignore[reportUnusedFunction]
    """Let the process be there that `multiprocessing` starts once and keeps: it is no leak of a test."""
    resource_tracker.ensure_running()


@pytest.mark.parametrize("name", sorted(NAMES - {"Dask"}))
def test_every_contestant_has_the_same_values_in_their_order(name: str) -> None:
    with contestant(name, 2) as pool:
        assert pool.batch(ADD, [1, 2, 3]) == [{"sum": 0}, {"sum": 1}, {"sum": 3}]
        assert pool.single(WAIT, 0.001) == 0.001


@pytest.mark.slow
@pytest.mark.skipif(find_spec("distributed") is None, reason="Dask is not installed")
def test_dask_has_them_too() -> None:
    program = (
        "from benchmarks.engine_contestants import ADD, contestant\n"
        "if __name__ == '__main__':\n"
        "    with contestant('Dask', 1) as pool:\n"
        "        print([each['sum'] for each in pool.batch(ADD, [1, 2, 3])])\n"
    )
    # In a process of its own: Dask leaves threads behind.
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, cwd=ROOT, check=True)
    assert done.stdout == b"[0, 1, 3]\n"


def test_a_contestant_that_nobody_knows_is_refused() -> None:
    with pytest.raises(LookupError), contestant("nobody", 1):
        pass


def test_each_question_is_asked_of_the_engine_first() -> None:
    for question in questions(Sizes.small(), 2):
        assert question.names[0].startswith("engine")
        assert question.measure(Loop()) > 0


def test_the_best_round_counts_and_the_ratio_says_how_many_times_as_good_the_engine_is() -> None:
    rounds = iter([3.0, 9.0, 6.0])
    more = Question("tasks/s", 1, ("loop",), lambda _: next(rounds))
    for _ in range(3):
        more.ask("loop")
    assert more.figures == {"loop": 9.0}
    more.figures.update(engine=4.5)
    assert Question("", 1, ("engine", "loop"), more.measure, figures=more.figures).ratio("loop") == 0.5
    less = Question("ms", 1, ("engine", "loop"), more.measure, least=True, figures={"engine": 1, "loop": 3})
    assert less.ratio("loop") == 3


def test_a_percentile_is_the_least_value_that_so_many_do_not_exceed() -> None:
    values = [*range(100, 0, -1)]
    assert [percentile(values, percent) for percent in (50, 99, 100)] == [50, 99, 100]
    assert [percentile([7], percent) for percent in (1, 50, 99)] == [7, 7, 7]


def test_the_growth_is_measured_up_to_the_cores() -> None:
    assert [widths(cores) for cores in (1, 2, 6)] == [[1], [1, 2], [1, 2, 4, 6]]


def test_every_aim_is_held_against_what_was_found() -> None:
    asked = questions(Sizes.small(), 1)
    for question in asked:
        question.figures.update(dict.fromkeys(question.names, 2.0))
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
