"""`topowave task submit`: orders tasks of a lab that runs, one kind by options or a file of orders."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, cast
from uuid import uuid4

import typer

from topowave.cli.lab_requests import one_connection, table
from topowave.cli.language import say_in_language
from topowave.cli.options import BALANCER, BalancerOption, JsonOption
from topowave.cli.output import FAILED, complain, is_file_here, lines_of, refuse, say
from topowave.cli.task_wait import wait_for
from topowave.translation import counted, sentence_of
from topowave.translation import text as sentence

if TYPE_CHECKING:
    from topowave.client import LabClient

AT_ONCE = 1000
"""Most tasks of one request."""
BYTES_AT_ONCE = 3_000_000
"""Most bytes of orders of one request, about; the balancer takes some more."""
ANSWER_S = 30.0
"""How long a request may take beyond what is usual (s): its tasks are placed meanwhile."""
_PLACE = re.compile(r"\bbody\.(\d+)\b(\.\w+)?")


class Line(NamedTuple):
    """An order, and the line of the file where it stands."""

    number: int
    order: dict[str, Any]


def submit(  # noqa: PLR0913, PLR0917 - each is an option of the command
    script: Annotated[
        str | None,
        typer.Argument(
            metavar="[SCRIPT.py|EXAMPLE]",
            help="A file in one of the lab's `script_dirs`, or one of `topowave engine examples`; "
            "without it, and without --batch, tasks that only hold cores for a while.",
        ),
    ] = None,
    params: Annotated[
        str | None, typer.Option("--params", "-p", metavar="JSON", help="What `run` is called with.")
    ] = None,
    kind: Annotated[
        Literal["cpu", "io"] | None,
        typer.Option("--type", help="cpu (the usual) for one that computes, io for one that mostly waits."),
    ] = None,
    node: Annotated[
        str | None, typer.Option("--node", metavar="NAME", help="Which node; else one that fits.")
    ] = None,
    count: Annotated[
        int | None, typer.Option("--count", "-n", metavar="N", min=1, max=AT_ONCE, help="How many times.")
    ] = None,
    timeout: Annotated[
        float | None,
        typer.Option("--timeout", metavar="S", help="How long one attempt of a script may take (s)."),
    ] = None,
    title: Annotated[str | None, typer.Option("--title", help="A title, for people.")] = None,
    category: Annotated[str | None, typer.Option("--category", help="A category, for people.")] = None,
    priority: Annotated[
        Literal["critical", "high", "medium", "low"] | None,
        typer.Option("--priority", help="How urgent it is; medium is the usual."),
    ] = None,
    weight: Annotated[
        int | None, typer.Option("--weight", metavar="N", help="Cores that it holds while it runs (1).")
    ] = None,
    roles: Annotated[
        str | None,
        typer.Option("--roles", metavar="A,B", help="It runs on a node that has one of them."),
    ] = None,
    deadline: Annotated[
        float | None,
        typer.Option("--deadline", metavar="S", help="It fails if it is not over after so long (s)."),
    ] = None,
    duration: Annotated[
        float | None,
        typer.Option("--duration", metavar="S", help="How long it lasts; of a script an estimate (s)."),
    ] = None,
    max_attempts: Annotated[
        int | None,
        typer.Option("--max-attempts", metavar="N", help="How often a script that fails is tried (1)."),
    ] = None,
    backoff: Annotated[
        float | None,
        typer.Option("--backoff", metavar="S", help="Pause before the second attempt (1 s); it doubles."),
    ] = None,
    request: Annotated[
        str | None,
        typer.Option("--request", metavar="ID", help="What all these tasks are called together."),
    ] = None,
    batch: Annotated[
        Path | None,
        typer.Option("--batch", metavar="FILE.jsonl", help="Orders, one JSON object a line; - reads them."),
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait, and print the results.")] = False,
    balancer: BalancerOption = BALANCER,
    as_json: JsonOption = False,
) -> None:
    """Submit tasks, and print the ids of what was added.

    For example:

        topowave task submit pi --params '{"samples": 1000000}' --count 8 --wait

        topowave task submit scripts/mine.py --roles gpu --priority high --max-attempts 3

        topowave task submit --batch orders.jsonl --request tonight

    What is said by options holds for each line of a batch that does not say it itself.

    Exit code: 0; 1 if no lab answers, it refuses, or a task failed; 2 for wrong use; 3 if it was ended early.
    """
    said: dict[str, Any] = {
        "script": script,
        "type": kind,
        "node": node,
        "count": count,
        "timeout": timeout,
        "title": title,
        "category": category,
        "priority": priority,
        "weight": weight,
        "roles": None if roles is None else [role.strip() for role in roles.split(",") if role.strip()],
        "deadline": deadline,
        "duration": duration,
        "max_attempts": max_attempts,
        "backoff": backoff,
        "request": request,
    }
    order = {name: value for name, value in said.items() if value is not None}
    try:
        if params is not None:
            order["params"] = _json(params)
        lines = [Line(0, order)] if batch is None else orders_of(batch, order)
    except ValueError as error:
        raise refuse(lines_of(error)) from None
    if script is None and batch is None:
        wrong = [name for name in ("params", "type", "timeout") if name in order]
        if wrong:
            raise refuse([sentence("--{wrong} belongs to a SCRIPT, and there is none", wrong=wrong[0])])
    for line in lines:
        _make_absolute(line.order)
    source = "" if batch is None else sentence("standard input") if str(batch) == "-" else str(batch)
    _submit(balancer, lines, source, wait=wait, as_json=as_json)


def orders_of(file: Path, usual: dict[str, Any]) -> list[Line]:
    """Return the orders of a file, each with what is said of all. Raises ValueError, a line a problem."""
    from topowave.cli.task_lines import MOST_PROBLEMS, read_json, read_lines

    name, found = read_lines(file)
    lines: list[Line] = []
    problems: list[str] = []
    for number, text in found:
        try:
            order = read_json(text)
            if not isinstance(order, dict):
                raise ValueError(sentence('expected an object like {{"script": ...}}'))
            lines.append(Line(number, usual | cast("dict[str, Any]", order)))
        except ValueError as error:
            problems.append(
                sentence("{name}: line {number}: {error}", name=name, number=number, error=sentence_of(error))
            )
    if len(problems) > MOST_PROBLEMS:
        more = len(problems) - MOST_PROBLEMS
        problems[MOST_PROBLEMS:] = [sentence("{name}: {more:,} more lines are bad", name=name, more=more)]
    if problems or not lines:
        raise ValueError("\n".join(problems or [sentence("{name}: there is no task in it", name=name)]))
    return lines


def parts_of(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Divide orders among requests, each as large as one may be."""
    part: list[Line] = []
    tasks = size = 0
    for line in lines:
        count = line.order.get("count", 1)
        more = count if isinstance(count, int) else 1  # what is no number is refused where it arrives
        length = len(json.dumps(line.order)) * more
        if part and (tasks + more > AT_ONCE or size + length > BYTES_AT_ONCE):
            yield part
            part, tasks, size = [], 0, 0
        part.append(line)
        tasks, size = tasks + more, size + length
    if part:
        yield part


def _submit(balancer: str, lines: list[Line], source: str, *, wait: bool, as_json: bool) -> None:
    """Ask for the tasks of all lines, in as few requests as may be; and wait for them."""
    with one_connection(balancer) as lab:
        added, answer, parts = _ask_for_all(lab, lines, source, as_json=as_json)
        if wait:
            wait_for(lab, [each["id"] for each in added], as_json=as_json)
        elif as_json:
            say(json.dumps(answer if parts == 1 else answer | {"count": len(added), "tasks": added}))
        else:
            say(table(("id", "node"), added))


def _ask_for_all(
    lab: LabClient, lines: list[Line], source: str, *, as_json: bool
) -> tuple[list[dict[str, Any]], dict[str, Any], int]:
    """Ask for the tasks of all lines; returns them, the last answer, and how many requests there were."""
    from topowave.client import LabError

    parts = list(parts_of(lines))
    if len(parts) > 1:
        request = f"batch-{uuid4().hex[:12]}"
        for line in lines:
            line.order.setdefault("request", request)
    added: list[dict[str, Any]] = []
    answer: dict[str, Any] = {}
    for part in parts:
        body = [line.order for line in part] if source else part[0].order
        try:
            answer = lab.ask("POST", "/tasks", body, ANSWER_S)
        except LabError as error:
            text = _in_lines(say_in_language(sentence_of(error)), part, source)
            if as_json:
                said: dict[str, object] = {"problems": [_in_lines(str(error), part, source)]}
                say(json.dumps(said | {"tasks": added} if added else said, ensure_ascii=False))
            complain(text)
            if added:
                before = counted("{count} task was", "{count} tasks were", len(added))
                complain(
                    sentence(
                        "{before} added before; line {number} of {source} is the next",
                        before=before,
                        number=part[0].number,
                        source=source,
                    )
                )
            raise typer.Exit(FAILED) from None
        added += _added(answer)
    return added, answer, len(parts)


def _added(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the tasks of an answer; of emulated tasks for a node it lists the ids only."""
    tasks: list[Any] = answer["tasks"]
    return [{"id": task, "node": answer["node"]} if isinstance(task, str) else task for task in tasks]


def _in_lines(text: str, part: list[Line], source: str) -> str:
    """Name the line of the file where the balancer speaks of a place in the request."""

    def line(found: re.Match[str]) -> str:
        number = int(found[1])
        if not source or number >= len(part):
            return found[0]
        return f"{source}: line {part[number].number}{found[2] or ''}"

    return _PLACE.sub(line, text)


def _make_absolute(order: dict[str, Any]) -> None:
    """Name a file that is here by its whole path: the lab may have another working directory."""
    script = order.get("script")
    if isinstance(script, str) and is_file_here(script):
        order["script"] = str(Path(script).absolute())


def _json(text: str) -> object:
    from topowave.cli.task_lines import read_json

    try:
        return read_json(text)
    except ValueError as error:
        raise ValueError(f"--params: {error}") from None
