"""A task's life as spans: one for each stage, without gaps, below one for the whole."""

from __future__ import annotations

from typing import Any

from topowave.tracing.stages import spans_of


def told(*history: tuple[float, str | None, str], **more: Any) -> dict[str, Any]:
    events = [{"time": time, "node": node, "what": what} for time, node, what in history]
    usual = {"id": "root.1-1.7", "status": "completed", "submitted_at": history[0][0], "kind": "emulated"}
    return usual | {"history": events} | more


MOVED = told(
    (1000.5, "root", "assigned"),
    (1000.625, "root", "moving to amber"),
    (1001.0, "amber", "assigned"),
    (1001.25, "amber", "running"),
    (1003.75, "amber", "completed"),
)


def test_every_stage_is_a_span_that_begins_where_the_one_before_ended_across_a_move() -> None:
    whole, *stages = spans_of(MOVED)
    assert (whole.name, whole.parent, whole.error) == ("task", None, None)
    assert [stage.name for stage in stages] == ["assigned", "moving", "assigned", "running"]
    assert [stage.attributes["topowave.node"] for stage in stages] == ["root", "root", "amber", "amber"]
    assert {stage.parent for stage in stages} == {whole.id}
    assert {stage.trace for stage in stages} == {whole.trace}
    assert stages[0].start_ns == whole.start_ns == 1_000_500_000_000
    assert stages[-1].end_ns == whole.end_ns == 1_003_750_000_000
    assert [stage.end_ns for stage in stages[:-1]] == [stage.start_ns for stage in stages[1:]]


def test_a_task_has_the_same_ids_each_time_and_another_one_has_others() -> None:
    assert spans_of(MOVED) == spans_of(MOVED)
    other = spans_of(MOVED | {"id": "root.1-1.8"})
    assert {span.id for span in other}.isdisjoint(span.id for span in spans_of(MOVED))
    assert other[0].trace != spans_of(MOVED)[0].trace


def test_an_attempt_that_failed_and_a_task_that_did_say_why() -> None:
    whole, *stages = spans_of(
        told(
            (10.0, "root", "assigned"),
            (11.0, "root", "running"),
            (12.0, "root", "pending: raised; to be tried again after 0.9 s"),
            (13.0, "amber", "assigned"),
            (14.0, "amber", "running"),
            (15.0, "amber", "failed: raised"),
            status="failed",
            reason="raised",
            error="line 5: ValueError",
        )
    )
    assert whole.error == "line 5: ValueError"
    assert [(stage.name, stage.error is None) for stage in stages] == [
        ("assigned", True),
        ("running", False),
        ("pending", True),
        ("assigned", True),
        ("running", False),
    ]
