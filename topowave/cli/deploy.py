"""`topowave deploy`: how many nodes the lab that runs is to have, and how far it is."""

from __future__ import annotations

import json
import time
from typing import Annotated, Any

import typer

from topowave.cli.lab_requests import ask_lab, one_connection
from topowave.cli.language import say_in_language, spoken
from topowave.cli.options import BALANCER, BalancerOption, JsonOption
from topowave.cli.output import FAILED, REFUSED, complain, say
from topowave.cli.progress import ProgressLine
from topowave.cli.reports import member, sentence_in, word
from topowave.short_text import short_sentence
from topowave.translation import text as sentence

LOOK_INTERVAL_S = 0.3
"""Seconds between two looks at how far a deploy is."""


def deploy(
    nodes: Annotated[
        str | None, typer.Argument(metavar="[N]", help="How many nodes; without it only how far it is.")
    ] = None,
    parent: Annotated[
        str | None,
        typer.Option(metavar="NODE", help="What new nodes hang from, instead of where there is room."),
    ] = None,
    cpu: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Cores of new nodes; usually as most leaves have.")
    ] = None,
    role: Annotated[str | None, typer.Option(metavar="TEXT", help="Role of new nodes.")] = None,
    wait: Annotated[
        bool, typer.Option("--wait", help="End only when all of them are up and nobody is on the way.")
    ] = False,
    timeout: Annotated[
        float, typer.Option(min=1, max=86_400, help="How long to wait at the most, in seconds.")
    ] = 600,
    balancer: BalancerOption = BALANCER,
    as_json: JsonOption = False,
) -> None:
    """Let the running network grow or shrink to N nodes, and be kept at that.

    For example:

        topowave deploy 30 --wait

        topowave deploy 18 --parent root --cpu 8 --role gpu

        topowave deploy

    Waves and tasks go on meanwhile. A second deploy replaces the goal of the first. Ctrl-C ends the waiting,
    not the deploy.

    Exit code: 0; 1 if no lab answers, it refuses, or the wait was too short; 2 if N is no number of nodes.
    """
    wanted = None if nodes is None else _number(nodes)
    new = {
        name: said for name, said in (("parent", parent), ("cpu", cpu), ("role", role)) if said is not None
    }
    if wanted is None and new:
        complain(
            sentence(
                "--{next} says what new nodes are, so it needs a number of nodes: topowave deploy 30",
                next=next(iter(new)),
            )
        )
        raise typer.Exit(REFUSED)
    end_s = time.monotonic() + timeout
    with one_connection(balancer) as lab:
        if wanted is None:
            found = ask_lab(lab, "GET", "/deploy", as_json=as_json)
        else:
            found = ask_lab(lab, "POST", "/deploy", {"replicas": wanted, **new}, as_json=as_json)
        line = ProgressLine()
        while wait and not _is_over(found) and not _is_stuck(found) and time.monotonic() < end_s:
            line.show(in_words(found))
            time.sleep(LOOK_INTERVAL_S)
            found = ask_lab(lab, "GET", "/deploy", as_json=as_json)
        line.end()
    say(json.dumps(found, ensure_ascii=False) if as_json else in_words(found))
    if wait and not _is_over(found):
        if not _is_stuck(found):
            complain(sentence("not over within {timeout:g} s; it goes on", timeout=timeout))
        raise typer.Exit(FAILED)


def in_words(found: dict[str, Any]) -> str:
    """Return how far a deploy is: a line, and one for each node that cannot leave yet."""
    there, up, wanted = found["actual_replicas"], found["up"], found["desired_replicas"]
    goal = sentence("no number is wanted") if wanted is None else sentence("{wanted} wanted", wanted=wanted)
    counts = sentence(
        "{goal}, {there} there, {up} up, {leaving} leaving: {phase}",
        goal=goal,
        there=there,
        up=up,
        leaving=len(found["leaving"]),
        phase=word(found["phase"]),
    )
    lines = [spoken(counts)]
    if found["problem"]:
        lines[0] += f" ({say_in_language(member(found, 'problem'))})"
    autoscaling = found["autoscaling"]
    if autoscaling["mode"] != "off":
        reason = member(autoscaling, "reason") if autoscaling["reason"] else sentence("about to look")
        bounds = sentence(
            "{least} to {most}", least=autoscaling["min_replicas"], most=autoscaling["max_replicas"]
        )
        lines.append(
            spoken(
                sentence(
                    "autoscale {mode}, {bounds}: {value}",
                    mode=autoscaling["mode"],
                    bounds=bounds,
                    value=reason,
                )
            )
        )
    told: dict[str, Any] = found.get("sentences", {}).get("leaving") or {}
    lines += [
        f"  {name}: {say_in_language(sentence_in(told.get(name), why))}"
        for name, why in found["leaving"].items()
        if why
    ]
    return "\n".join(lines)


def _is_over(found: dict[str, Any]) -> bool:
    wanted = found["desired_replicas"]
    is_there = wanted is None or found["actual_replicas"] == found["up"] == wanted
    return is_there and not found["leaving"] and found["phase"] == "settled"


def _is_stuck(found: dict[str, Any]) -> bool:
    """Whether the lab does no more about it, and says why."""
    return found["phase"] == "settled" and found["problem"] is not None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text[:9]) >= 1):
        complain(
            sentence(
                "{given}: expected a number of nodes, 1 or more, such as 30", given=short_sentence(text, 100)
            )
        )
        raise typer.Exit(REFUSED)
    return int(text[:9])
