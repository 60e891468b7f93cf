"""The shipped scripts: each is described, and does what it says, in the engine as a user runs it."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.support.http_stand_in import Quiet, served
from topowave.engine import Engine, EngineConfig, Task, TaskResult, TaskType
from topowave.examples import FOLDER, examples, parameters, summary, transcode
from topowave.examples.faulty import WAYS

LONG_S = 60


@pytest.fixture(scope="module", autouse=True)
def _resource_tracker() -> None:  # pyright: ignore[reportUnusedFunction]
    """Let the process be there that `multiprocessing` starts once and keeps: it is no leak of a test."""
    resource_tracker.ensure_running()


@pytest.fixture
def engine() -> Iterator[Engine]:
    with Engine(EngineConfig(cpu_bound_count=1, io_bound_count=1, start_method="fork")) as running:
        yield running


@pytest.fixture
def url() -> Iterator[str]:
    class Page(Quiet, BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/" else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(b"<p>hello</p>")

    with served(Page) as address:
        yield address


def run(engine: Engine, name: str, params: object, kind: TaskType = TaskType.CPU_BOUND) -> TaskResult:
    return engine.get_result(engine.submit_task(Task(examples()[name], params, kind)), LONG_S)


def test_each_says_its_params_in_one_line() -> None:
    said = [parameters(file) for file in examples().values()]
    assert all(text.endswith(".") and "\n" not in text for text in said)
    assert parameters(examples()["pi"]).startswith("`samples`, how many darts")
    assert parameters(FOLDER / "__init__.py") == ""


def test_each_has_a_summary_of_one_line() -> None:
    assert sorted(examples()) == ["faulty", "fetch", "pi", "transcode", "word_count"]
    assert all(summary(file).endswith(".") or summary(file).endswith(")") for file in examples().values())
    assert all(file.parent == FOLDER for file in examples().values())


def test_pi_comes_out_as_pi_and_the_same_for_the_same_seed(engine: Engine) -> None:
    params = {"samples": 20_000, "seed": 7}
    first, again = (run(engine, "pi", params).data for _ in range(2))
    assert first == again
    assert first["samples"] == 20_000
    assert abs(first["pi"] - 3.1416) < 0.05
    assert run(engine, "pi", {}).data["samples"] == 100_000


@pytest.mark.parametrize("samples", [0, -1, 1.5, "many"])
def test_pi_refuses_what_is_no_number_of_darts(samples: object, engine: Engine) -> None:
    assert f"found {samples!r}" in str(run(engine, "pi", {"samples": samples}).error)


def test_words_are_counted_whatever_their_case(tmp_path: Path, engine: Engine) -> None:
    text = "The wave, the Wave; a wave! 42 Über über"
    found = {"words": 8, "different": 4, "most_frequent": [["wave", 3], ["the", 2]]}
    assert run(engine, "word_count", {"text": text, "most": 2}).data == found
    (tmp_path / "text").write_text(text, "utf-8")
    assert run(engine, "word_count", {"path": str(tmp_path / "text"), "most": 2}).data == found
    assert "expected either" in str(run(engine, "word_count", {}).error)
    assert "No such file" in str(run(engine, "word_count", {"path": str(tmp_path / "nothing")}).error)


def test_a_page_is_fetched_and_an_answer_that_is_an_error_is_an_answer(url: str, engine: Engine) -> None:
    page = {"url": f"{url}/", "status": 200, "type": "text/html", "bytes": 12}
    assert run(engine, "fetch", {"url": f"{url}/"}, TaskType.IO_BOUND).data == page
    missing = run(engine, "fetch", {"url": f"{url}/x"}, TaskType.IO_BOUND).data
    assert (missing["status"], missing["bytes"]) == (404, 12)
    refused = run(engine, "fetch", {"url": "file:///etc/passwd"}, TaskType.IO_BOUND)
    assert "must begin with http" in str(refused.error)


def test_what_is_to_fail_fails_for_that_reason_and_else_returns_what_it_is_given(engine: Engine) -> None:
    wanted: list[str | None] = [*WAYS, None]
    tasks = [
        Task(
            examples()["faulty"],
            {"reason": reason, "value": [7]},
            timeout=1 if reason == "timeout" else LONG_S,
        )
        for reason in wanted
    ]
    results = engine.wait_all(engine.submit_batch(tasks), LONG_S)
    assert [result.reason for result in results] == wanted
    assert results[-1].data == [7]
    assert run(engine, "faulty", {"reason": "killed", "chance": 0, "value": 8}).data == 8
    assert "reason must be one of raised, " in str(run(engine, "faulty", {"reason": "bored"}).error)


def test_each_has_a_page_that_names_all_its_parameters() -> None:
    for name, file in examples().items():
        page = (FOLDER.parents[1] / "docs" / "examples" / f"{name}.md").read_text("utf-8")
        about = ast.get_docstring(ast.parse(file.read_text("utf-8"))) or ""
        named = re.findall(r"`([a-z]+)`", about.partition("Params:")[2])
        assert named
        assert all(f"| `{each}`" in page or f", `{each}`" in page for each in named), name


SMALL: dict[str, Any] = {"frames": 4, "size": [64, 48]}


@pytest.mark.parametrize("format", ["avif", "webp"])
def test_a_segment_is_smaller_at_a_lower_quality_and_better_at_a_higher_one(
    format: str, engine: Engine
) -> None:
    low, high = (run(engine, "transcode", SMALL | {"format": format, "quality": n}).data for n in (20, 90))
    assert (low["segment"], low["frames"], low["format"]) == (0, 4, format)
    assert 0 < low["bytes"] < high["bytes"]
    assert low["bits_per_pixel"] == round(8 * low["bytes"] / (4 * 64 * 48), 3)
    assert 10 < low["psnr_db"] < high["psnr_db"] < transcode.PERFECT_DB


def test_the_segments_of_a_picture_of_ones_own_are_cut_where_it_ends(tmp_path: Path, engine: Engine) -> None:
    film = tmp_path / "film.webp"
    frames = [transcode.generated(number, (64, 48)) for number in range(10)]
    film.write_bytes(transcode.encoded(frames, "webp", 80))
    segments = [run(engine, "transcode", {"path": str(film), "frames": 4, "segment": n}) for n in range(4)]
    assert [segment.data and segment.data["frames"] for segment in segments] == [4, 4, 2, None]
    assert "the picture has 10 frames, and this segment would begin after 12" in str(segments[3].error)


@pytest.mark.parametrize("format", ["avif", "webp"])
def test_frames_that_are_the_same_are_compared_with_themselves(format: str) -> None:
    one, two = (transcode.generated(number, (64, 48)) for number in (0, 9))
    for frames in ([one, one, one], [one, one, two, two, two, one], [one, two, two]):
        after = transcode.decoded(transcode.encoded(frames, format, 90), len(frames))
        assert transcode.psnr_db(frames, after) > 20
    assert transcode.psnr_db([one, two], [one, two]) == transcode.PERFECT_DB
    black, white = (Image.new("RGB", (8, 8), colour) for colour in ("black", "white"))
    assert transcode.psnr_db([black], [white]) == 0


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"frames": 0}, "frames must be a whole number from 1 to 250, found 0"),
        ({"segment": 0.5}, "segment must be a whole number from 0 to 1000000000, found 0.5"),
        ({"quality": True}, "quality must be a whole number from 0 to 100, found True"),
        ({"format": "mpeg"}, "format must be one of avif, webp, found 'mpeg'"),
        ({"size": 64}, "size must be [width, height], found 64"),
        ({"size": [64, 5000]}, "height must be a whole number from 16 to 1920, found 5000"),
    ],
)
def test_a_segment_that_cannot_be_is_refused_by_name(params: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        transcode.module().run(params)


def test_without_the_codecs_the_task_fails_with_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)  # a worker that is forked has it, too
    with Engine(EngineConfig(cpu_bound_count=1, io_bound_count=0, start_method="fork")) as without:
        failed = run(without, "transcode", {})
    assert failed.reason == "raised"
    assert "transcode needs Pillow, which `pip install 'topowave[codec]'` brings" in str(failed.error)
