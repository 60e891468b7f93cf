"""`topowave alerts`: what is wrong with the lab that runs."""

from __future__ import annotations

import json
import time
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote

import typer

from topowave.cli.lab_requests import ask_lab
from topowave.cli.language import language, spoken
from topowave.cli.options import BALANCER, BalancerOption, JsonOption
from topowave.cli.output import FAILED, complain, say
from topowave.cli.reports import word
from topowave.translation import sentence_of, text

FOLLOW_INTERVAL_S = 1.0
"""Time between two looks at the alerts of a lab that is followed (s)."""
PATIENCE_S = 30.0
"""How long a lab that is followed may give no answer (s): its balancer is started again meanwhile."""
SILENCE_S = 604_800.0
"""Longest time for which an alert is silenced (s)."""
SEVERITIES = {"critical": "a critical alert"}
"""What severities are called in the catalogs."""
KEPT = 100
"""Resolved alerts that are asked for."""


def alerts(
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on, and print each alert when its state changes.")
    ] = False,
    history: Annotated[
        int, typer.Option("--history", min=0, max=500, help="List so many resolved alerts too.")
    ] = 0,
    silence: Annotated[
        str | None,
        typer.Option("--silence", metavar="ID", help="Let nobody be told of this alert for a while."),
    ] = None,
    seconds: Annotated[
        float,
        typer.Option(
            "--seconds", min=0, max=SILENCE_S, help="For how long it is silenced (s); 0 ends the silence."
        ),
    ] = 600.0,
    balancer: BalancerOption = BALANCER,
    as_json: JsonOption = False,
) -> None:
    """Tell what is wrong with the lab that runs.

    For example:

        topowave alerts

        topowave alerts --follow --json

        topowave alerts --silence 1-4 --seconds 3600

    With --follow and --json each line is one alert, as `GET /alerts` has it.

    Exit code: 0, or 1 if no lab answers, or it has no such alert.
    """
    if silence is not None:
        path = f"/alerts/{quote(silence, safe='', errors='surrogateescape')}/silence"
        order = {"seconds": seconds} if seconds else None
        found = ask_lab(balancer, "POST" if order else "DELETE", path, order, as_json=as_json)
        say(json.dumps(found, ensure_ascii=False) if as_json else line_of(found))
    elif follow:
        _follow(balancer, as_json=as_json)
    else:
        found = ask_lab(balancer, "GET", f"/alerts?history={history}", as_json=as_json)
        if as_json:
            say(json.dumps(found, ensure_ascii=False))
        elif listed := [*found["alerts"], *found["history"]]:
            say("\n".join(map(line_of, listed)))
        else:
            complain(text("no alert is pending or fires"))


def line_of(alert: dict[str, Any]) -> str:
    """Return an alert as a line: when it came to its state, what it is, and the sentence."""
    at = datetime.fromtimestamp(alert["resolved"] or alert["fired"] or alert["since"]).astimezone()
    silenced = "" if alert["silenced_until"] is None else spoken(text(" (silenced)"))
    from topowave.translation.translate import translate_answer

    said = translate_answer(alert, "text", language())
    state, severity = word(alert["state"]), word(alert["severity"], SEVERITIES)
    return f"{at:%H:%M:%S}  {state:8}  {severity:8}  {alert['id']:8}  {said}{silenced}"


def _follow(balancer: str, *, as_json: bool) -> None:
    """Print each alert when its state or its silence changes, until the lab is gone or Ctrl+C."""
    from topowave.client import LabClient, LabError

    seen: dict[str, tuple[object, ...]] = {}
    answered_s: float | None = None
    with LabClient(balancer) as lab:
        while True:
            try:
                found = lab.ask("GET", f"/alerts?history={KEPT}")
            except LabError as error:
                if answered_s is None or time.monotonic() - answered_s > PATIENCE_S:
                    if as_json:
                        say(json.dumps({"problems": [str(error)]}, ensure_ascii=False))
                    complain(sentence_of(error))
                    raise typer.Exit(FAILED) from None
            else:
                current = [*reversed(found["history"]), *found["alerts"]]
                for alert in news(seen, current, first=answered_s is None):
                    say(json.dumps(alert, ensure_ascii=False) if as_json else line_of(alert))
                answered_s = time.monotonic()
            time.sleep(FOLLOW_INTERVAL_S)


def news(
    seen: dict[str, tuple[object, ...]], alerts: list[dict[str, Any]], *, first: bool
) -> list[dict[str, Any]]:
    """Return the alerts that are in another state than they were seen in, and note that.

    Args:
        seen: what was seen of each before, by its id.
        alerts: those of now, resolved ones too.
        first: whether nothing was seen before; what was resolved by then is no news.
    """
    found: list[dict[str, Any]] = []
    for alert in alerts:
        state = (alert["state"], alert["silenced_until"])
        if seen.get(alert["id"]) != state and not (first and alert["state"] == "resolved"):
            found.append(alert)
    seen.clear()
    seen.update({alert["id"]: (alert["state"], alert["silenced_until"]) for alert in alerts})
    return found
