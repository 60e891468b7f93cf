"""All that is known of a session as data, so that a page shows it where no session is.

Theory of operation. Of each branch it holds what is its own: from the event at which it leaves its parent on,
the lines of each event, the variables of its nodes, and the conditions of the wave. One pass over each branch
finds all three. Variables of a node are told as they are after an event, with what the changed ones were
before; of conditions only what has changed since the event before. Sentences are in all languages.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

from topowave.algorithms import Algorithm
from topowave.runtime.algorithm_error import own_files
from topowave.sessions.answer_forms import Form, branches_form, opened, state_form
from topowave.sessions.conditions import conditions_of
from topowave.sessions.limits import EXPORTED_EVENTS, LISTED
from topowave.sessions.moment import Moment, states_of
from topowave.sessions.player import Row
from topowave.sessions.session import Session
from topowave.simulator.kernel import Kernel
from topowave.topology import Problems
from topowave.translation import text
from topowave.translation.languages import LANGUAGES
from topowave.translation.translate import translate

VERSION = 1
"""Of the data."""
_PACKAGE = Path(__file__).parents[2]


def recorded(session: Session) -> Form:
    """Return all that is known of a session; nothing of it moves.

    Raises:
        Problems: there are too many events.
    """
    found = {branch.id: len(session.player.records[branch.id]) for branch in session.branches}
    own = sum(max(0, found[branch.id] - branch.fork) for branch in session.branches)
    if own > EXPORTED_EVENTS:
        raise Problems(
            [
                text(
                    "{number} events are too many for a file; expected at most {most_events}",
                    number=own,
                    most_events=EXPORTED_EVENTS,
                )
            ]
        )
    forms = cast("list[Form]", branches_form(session)["branches"])
    return {
        "version": VERSION,
        "about": opened(session),
        "source": _source(session),
        "branches": [
            form | _branch(session, branch.id, found[branch.id])
            for form, branch in zip(forms, session.branches, strict=True)
        ],
    }


def _branch(session: Session, branch: int, known: int) -> Form:
    """Return the events of a branch up to `known` that are its own."""
    player = session.player
    fork = player.history.branches[branch].fork
    first = max(1, fork)
    kernel = player.kernel_at(branch, first - 1)
    conditions: list[Form] = []
    events: list[Form] = []
    last = _note_conditions(session, branch, kernel, {}, conditions)
    for position in range(first, known + 1):
        rows: list[Row] = []
        nodes = player.records[branch].nodes_of(position)
        names = session.prepared.graph.names
        before = states_of(kernel, nodes, names)

        def look(_: Kernel, lines: list[str], rows: list[Row] = rows) -> bool:
            rows.extend(json.loads(line) for line in lines)
            return True

        player.go(kernel, branch, position, look)
        moment = Moment(
            position, 0.0, (), tuple(names[node] for node in nodes), before, states_of(kernel, nodes, names)
        )
        events.append({"rows": rows} | _variables(moment))
        last = _note_conditions(session, branch, kernel, last, conditions)
    outcome = kernel.outcome()
    return {
        "first": first,
        "begun": _before_the_first(session, branch),
        "events": events,
        "conditions": conditions,
        "ending": kernel.ending,
        "mistake": None if outcome.mistake is None else _said(str(outcome.mistake)),
    }


def _variables(moment: Moment) -> Form:
    """Return the variables after an event, and what those that have changed were before it."""
    changed = moment.changed
    return {
        "nodes": moment.nodes,
        "after": {node: state_form(state) for node, state in moment.after.items()},
        "changed": changed,
        "was": {
            node: state_form({name: state[name] for name in changed.get(node, ()) if name in state})
            for node, state in moment.before.items()
        },
    }


def _note_conditions(session: Session, branch: int, kernel: Kernel, last: Form, noted: list[Form]) -> Form:
    """Note how the conditions stand at a kernel, as far as it is not as it was; return how they stand."""
    acts = session.player.history.branches[branch].until(kernel.beats)
    found = conditions_of(session.prepared, kernel, acts)
    now: Form = {
        "holds": found.holds,
        "broken": found.broken,
        "messages": found.messages,
        "bits": found.bits,
        "time": found.time,
        "bounds": found.bounds,
        "witnesses": [_said(each) for each in found.witnesses[:LISTED]],
    }
    noted.append({name: value for name, value in now.items() if name not in last or last[name] != value})
    return now


def _before_the_first(session: Session, branch: int) -> list[Row]:
    """Return the lines of what was done before the first event."""
    kernel = session.player.checkpoints.first.copy()
    return [
        json.loads(line)
        for each in session.player.history.branches[branch].at(0)
        for line in session.player.carry_out(each, kernel)
    ]


def _said(sentence: str) -> Form:
    """Return a sentence in all languages."""
    return {language: translate(sentence, language) for language in LANGUAGES}


def _source(session: Session) -> Form | None:
    """Return the class's file with its text, where it is one of the user's own."""
    algorithm: type[Algorithm] = session.prepared.plans[0].algorithm
    for file in sorted(own_files(algorithm)):
        path = Path(file)
        if path.resolve().is_relative_to(_PACKAGE.resolve()):
            continue
        try:
            return {"name": path.name, "text": path.read_text("utf-8")}
        except (OSError, UnicodeError):  # a notebook's class has no file
            continue
    return None
