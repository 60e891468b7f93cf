"""What is documented of each balancing policy, made from its class: one page.

`python -m scripts.policy_page` writes it.
"""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path
from textwrap import fill

from topowave.balancer.policies.base import Policy
from topowave.balancer.policies.registry import POLICIES

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "policies.md"
WIDTH = 120
"""Characters in a line."""

NOTE = "<!-- Written by `python -m scripts.policy_page` from the classes; do not edit. -->"
HEAD = """# The balancing policies

{note}

A policy says who gives how much load to whom, once a round: `policy` of [config.json](config.md), `topowave
up --policy NAME`, and, [while the lab runs](config.md#while-the-lab-runs), `topowave config policy=NAME`.
`GET /policies` of a lab answers what stands here. A [policy of your own](../how-to/write-your-own-policy.md)
is a class in a file.

In the live lab a round begins with an echo wave, 2(N-1) messages on a tree, that brings the balancer the
loads; the messages of a policy below are those that it has beside that wave, as it was published. Load is
counted in cores that tasks want. Every plan is checked: nobody gives more than it has, and who takes part
and how much room there is are kept to. All policies but `{error}` keep two more laws, which a test tries on
all of them: no plan makes the most loaded node more loaded, and a load to which nothing is added comes to
rest."""


def page() -> str:
    """Return the text of the page."""
    parts = [HEAD.format(note=NOTE, error="course-heap")]
    table = ["| name | what it does |", "|---|---|"]
    table += [f"| [`{name}`](#{name}) | {policy.summary} |" for name, policy in POLICIES.items()]
    parts.append("\n".join(table))
    parts += [_part(policy) for policy in POLICIES.values()]
    return "\n\n".join(parts) + "\n"


def _part(policy: type[Policy]) -> str:
    said = [
        ("Source", policy.source),
        ("Knows", policy.knows),
        ("Messages", policy.messages),
        ("Proven", policy.bound),
        ("Reads", ", ".join(f"`{name}` of config.json" for name in policy.reads)),
        ("When", policy.wins),
    ]
    rows = [f"- **{head}:** {text}." for head, text in said if text]
    about = (inspect.getdoc(inspect.getmodule(policy)) or "").partition("\n\n")[2]
    text = [
        each if "\n- " in each else fill(re.sub(r"\s+", " ", each), WIDTH)
        for each in about.split("\n\n")
        if each
    ]
    return "\n\n".join([f"## {policy.name}", *text, "\n".join(rows)])


def write(file: Path = PAGE) -> bool:
    """Write the page where it has changed; return whether it has."""
    if file.exists() and file.read_text("utf-8") == page():
        return False
    file.write_text(page(), encoding="utf-8")
    return True


if __name__ == "__main__":
    sys.stdout.write(f"{PAGE}: {'written' if write() else 'as it was'}\n")
