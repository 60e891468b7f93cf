"""`topowave config`: the settings of the lab that runs, shown and changed."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Annotated, Any

import typer

from topowave.cli.language import say_in_language, spoken
from topowave.cli.options import BALANCER, BalancerOption, JsonOption
from topowave.cli.output import FAILED, REFUSED, complain, say
from topowave.short_text import short_sentence
from topowave.translation import sentence_of
from topowave.translation import text as sentence

if TYPE_CHECKING:
    from topowave.topology.config import SettingValue


def config(
    changes: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SETTING=VALUE]...", help="What to change, such as link_delay=300."),
    ] = None,
    balancer: BalancerOption = BALANCER,
    as_json: JsonOption = False,
) -> None:
    """Show the settings that may be changed while a lab runs, or change them: at all nodes, at once.

    For example:

        topowave config

        topowave config link_delay=1000 policy=tree-exact

    The file config.json stays as it is.

    Exit code: 0; 1 if no lab answers or it refuses; 2 if an argument is no value for a setting.
    """
    from topowave.client import LabClient, LabError

    client = LabClient(balancer)
    try:
        wanted = dict(map(_change, changes or []))
    except ValueError as error:
        complain(sentence_of(error))
        raise typer.Exit(REFUSED) from None
    try:
        answer = client.configure(wanted) if wanted else client.config()
    except LabError as error:
        complain(sentence_of(error))
        raise typer.Exit(FAILED) from None
    say(json.dumps(answer) if as_json else _text(answer))


def _change(text: str) -> tuple[str, int | float | str]:
    from topowave.topology.config import RUNNING_NAMES

    name, _, value = text.partition("=")
    if name.strip() in RUNNING_NAMES and value.strip():
        return name.strip(), value.strip()
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or not name.strip().isascii():
        raise ValueError(
            sentence(
                "{given}: expected SETTING=NUMBER, such as link_delay=300", given=short_sentence(text, 100)
            )
        )
    return name.strip(), int(value) if value.strip().isdecimal() else number


def _value(name: str, value: SettingValue) -> str:
    """Return a setting's value, a number with its unit in the language of the command."""
    from topowave.topology.config import in_words

    said = in_words(name, value)
    return said if isinstance(value, str) else say_in_language(said)


def _text(answer: dict[str, Any]) -> str:
    settings: dict[str, SettingValue] = answer.get("settings", answer)
    width = max(map(len, settings))
    lines = [f"{name:{width}}  {_value(name, value)}" for name, value in settings.items()]
    if answer.get("not_yet"):
        nodes = ", ".join(answer["not_yet"])
        lines.append(spoken(sentence("not yet at {not_yet}, which take it when they go on", not_yet=nodes)))
    return "\n".join(lines)
