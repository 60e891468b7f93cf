"""`topowave agents`: who runs nodes of the lab on other hosts."""

from __future__ import annotations

import json
from typing import Any

from topowave.cli.lab_requests import ask_lab, table
from topowave.cli.language import spoken
from topowave.cli.options import BALANCER, BalancerOption, JsonOption
from topowave.cli.output import complain, say
from topowave.cli.reports import with_words
from topowave.translation import text

COLUMNS = ("agent", "host", "state", "replicas", "cores", "free_mb", "heard", "workload")


def agents(balancer: BalancerOption = BALANCER, as_json: JsonOption = False) -> None:
    """List the agents of the lab that runs, which run nodes on other hosts.

    For example:

        topowave agents

    `heard` says how long ago an agent was heard. One that is silent runs nothing any more; it comes back by
    itself.

    Exit code: 0, or 1 if no lab answers.
    """
    found = ask_lab(balancer, "GET", "/agents", as_json=as_json)
    if as_json:
        say(json.dumps(found, ensure_ascii=False))
    elif found["agents"]:
        say(table(COLUMNS, with_words(map(_row, found["agents"]), ("state",))))
    else:
        complain(text("no agent has registered: `topowave agent --controller URL` starts one"))


def _row(agent: dict[str, Any]) -> dict[str, Any]:
    heard_s = agent["last_heard_s"]
    return {
        **agent,
        "agent": agent["name"],
        "host": f"{agent['host']}:{agent['port']}",
        "free_mb": round(agent["free_mb"]),
        "heard": spoken(text("never") if heard_s is None else text("{seconds:.0f} s ago", seconds=heard_s)),
        "workload": agent["workload"] or spoken(text("our own node")),
    }
