"""`topowave forecast`: the forecasts that there are, and what the one of a lab that runs predicts now."""

from __future__ import annotations

import json
from typing import Annotated, Any
from urllib.parse import quote

import typer

from topowave.cli.lab_requests import ask_lab, table
from topowave.cli.language import decimal_text, say_in_language, spoken
from topowave.cli.options import BALANCER, BalancerOption, JsonOption
from topowave.cli.output import say
from topowave.cli.reports import member
from topowave.translation import counted, text

_SAID = ((text("bottleneck"), "bottleneck"), (text("cold"), "cold"))
"""What is said of a forecast, and the member of the answer that is true then."""

forecast = typer.Typer(no_args_is_help=True)


@forecast.callback()
def _group() -> None:
    """Predict the load of each node in the next round: what can, and what it says now.

    For example:

        topowave config forecast=moving-average policy=predictive

        topowave forecast show

    Exit code: 0; 1 if no lab answers or it refuses; 2 for wrong use.
    """


@forecast.command("list")
def list_forecasts(as_json: JsonOption = False) -> None:
    """List the forecasts that `forecast` in config.json may name; no lab has to run.

    For example:

        topowave forecast list

    Exit code: 0.
    """
    from topowave.forecasts import FORECASTS

    if as_json:
        texts = ("name", "title", "summary", "source", "knows", "wins")
        found = [
            {each: getattr(kind, each) for each in texts} | {"missing": kind.missing()}
            for kind in FORECASTS.values()
        ]
        say(json.dumps(found, ensure_ascii=False))
        return
    width = max(map(len, FORECASTS))
    for name, kind in FORECASTS.items():
        say(f"{name:{width}}  {say_in_language(kind.summary)}")
        missing = kind.missing()
        if missing is not None:
            say(f"{'':{width}}  {say_in_language(missing)}")


@forecast.command("show")
def show(
    node: Annotated[str | None, typer.Argument(metavar="[NODE]", help="Only this one.")] = None,
    balancer: BalancerOption = BALANCER,
    as_json: JsonOption = False,
) -> None:
    """Show what the lab's forecast predicts for the next round, and how good it was beside the simple ones.

    For example:

        topowave forecast show

        topowave forecast show palm --json

    Exit code: 0, or 1 if no lab answers or it has no such node.
    """
    query = "" if node is None else f"?node={quote(node, safe='', errors='surrogateescape')}"
    answer = ask_lab(balancer, "GET", f"/forecasts{query}", as_json=as_json)
    say(json.dumps(answer) if as_json else _text(answer))


def _text(answer: dict[str, Any]) -> str:
    """Write an answer for people: what predicts, how well, and what of each node."""
    if answer["forecast"] == "none":
        return spoken(
            text(
                "nothing predicts here; topowave config forecast=NAME chooses a forecast "
                "(topowave forecast list)"
            )
        )
    told = text(
        "forecast {forecast}: {learnt}; {predicted}, {hits} of them right",
        forecast=answer["forecast"],
        learnt=counted("{count} round learnt", "{count} rounds learnt", answer["rounds"]),
        predicted=counted(
            "{count} bottleneck predicted so far", "{count} bottlenecks predicted so far", answer["alerts"]
        ),
        hits=answer["hits"],
    )
    blocks = [spoken(told)]
    if answer["problem"] is not None:
        blocks[0] += "\n" + spoken(text("nothing is predicted now: {why}", why=member(answer, "problem")))
    scores = [_score(model) for model in answer["models"] if model["score"] is not None]
    if scores:
        blocks.append(table(("model", "error", "better", "covered", "loads"), scores))
    if answer["nodes"]:
        columns = ("node", "cpu", "load", "predicted", "from", "to", "said")
        blocks.append(table(columns, [_predicted(each) for each in answer["nodes"]]))
    return "\n\n".join(blocks)


def _score(model: dict[str, Any]) -> dict[str, Any]:
    score = model["score"]
    return {
        "model": model["name"],
        "error": "-" if score["error"] is None else decimal_text(score["error"], 2),
        "better": "-" if score["better"] is None else f"{score['better']:.0f} %",
        "covered": "-" if score["coverage"] is None else f"{score['coverage']:.0%}",
        "loads": score["values"],
    }


def _predicted(found: dict[str, Any]) -> dict[str, Any]:
    said = [spoken(word) for word, holds in _SAID if found[holds]]
    return {
        "node": found["node"],
        "cpu": found["cpu"],
        "load": f"{found['load']:g}",
        "predicted": decimal_text(found["mean"], 1),
        "from": decimal_text(found["low"], 1),
        "to": decimal_text(found["high"], 1),
        "said": ", ".join(said),
    }
