"""What a session answers, as JSON has it: where it is, its events, variables and branches.

Variables, messages and decided values are as a trace has them. What is no plain data, or too long to be
shown, is `{"$": "text", "of": "..."}` with what `repr` says of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict

from topowave.algorithms import Algorithm
from topowave.algorithms.messages import encode
from topowave.runtime.value_text import value_text
from topowave.sessions.code import lines_of, pseudocode, sources
from topowave.sessions.comparison import Difference
from topowave.sessions.history import Branch
from topowave.sessions.interventions import to_json
from topowave.sessions.limits import CHECKPOINT_EVENTS, LISTED, VALUE_CHARS
from topowave.sessions.moment import Moment
from topowave.sessions.pending import Pending, behind_others, pending_of
from topowave.sessions.session import Session

Form = dict[str, object]


def here(session: Session) -> Form:
    """Return where a session is, as every move answers it."""
    return {
        "at": session.position,
        "time": session.time,
        "branch": session.branch_now.id,
        "events": session.events,
        "ending": session.ending,
        "mistake": session.mistake,
        "decided": len(session.kernel.outcome().waves[0].decisions),
    }


def opened(session: Session) -> Form:
    """Return what a page has to know of a session before anything else."""
    graph, plan = session.prepared.graph, session.prepared.plans[0]
    return here(session) | {
        "algorithm": {
            "name": plan.algorithm.name,
            "title": plan.algorithm.title,
            "wave": plan.algorithm.wave,
        },
        "network": graph.title,
        "nodes": [*graph.names],
        "neighbors": [*map(list, graph.rows)],
        "undirected": graph.undirected,
        "notes": [*graph.notes],
        "initiators": [*plan.initiators],
        "fifo": session.prepared.config.fifo,
        "seed": session.prepared.config.seed,
    }


def value_form(value: object) -> object:
    """Return a value of a class as JSON has it."""
    try:
        found = encode(value)
        short = len(json.dumps(found)) <= VALUE_CHARS
    except Exception:  # noqa: BLE001 - a student's own class may raise anything
        short, found = False, None
    return found if short else {"$": "text", "of": value_text(value, VALUE_CHARS)}


def state_form(state: Mapping[str, object]) -> Form:
    """Return the variables of a node."""
    return {str(name): value_form(value) for name, value in state.items()}


def moment_form(moment: Moment, narration: str) -> Form:
    """Return an event with its variables."""
    return {
        "position": moment.position,
        "time": moment.time,
        "rows": moment.rows,
        "nodes": moment.nodes,
        "before": {node: state_form(state) for node, state in moment.before.items()},
        "after": {node: state_form(state) for node, state in moment.after.items()},
        "changed": moment.changed,
        "narration": narration,
    }


def pending_forms(session: Session, skip: int) -> Form:
    """Return what is to happen, with what can come next and, on FIFO links, what has to come before it."""
    kernel, prepared = session.kernel, session.prepared
    queue = kernel.queued()
    behind = behind_others(kernel) if prepared.config.fifo else {}
    first = queue[0][1] if queue else None
    return {
        "at": session.position,
        "total": len(queue),
        "skip": skip,
        "fifo": prepared.config.fifo,
        "pending": [
            _pending(each, first=each.number == first, behind=behind.get(each.number))
            for each in pending_of(kernel, prepared, skip, LISTED)
        ],
    }


def _pending(each: Pending, *, first: bool, behind: int | None) -> Form:
    return {
        "number": each.number,
        "kind": each.kind,
        "at": each.at,
        "node": each.node,
        "peer": each.peer,
        "message": value_form(each.message),
        "next": first or (each.kind == "receive" and behind is None),
        "behind": behind,
    }


def branch_form(branch: Branch, parent: Branch | None) -> Form:
    """Return a branch, with what was done in it beyond what its parent had; of much, the last."""
    inherited = 0 if parent is None else len(parent.until(branch.fork))
    own = branch.acts[min(inherited, len(branch.acts)) :]
    return {
        "id": branch.id,
        "name": branch.name,
        "parent": branch.parent,
        "fork": branch.fork,
        "acts": [{"position": act.position} | to_json(act.intervention) for act in own[-LISTED:]],
    }


def branches_form(session: Session) -> Form:
    """Return all branches, and which is the one here."""
    known = {branch.id: branch for branch in session.branches}
    return {
        "at": session.position,
        "branch": session.branch_now.id,
        "branches": [
            branch_form(each, None if each.parent is None else known[each.parent]) for each in known.values()
        ],
    }


def difference_form(difference: Difference | None) -> Form | None:
    """Return the first event in which two branches differ."""
    if difference is None:
        return None
    return {"position": difference.position, "one": difference.one, "other": difference.other}


def code_form(session: Session) -> Form:
    """Return the code of the class, a text for each class from itself to its last base."""
    algorithm = session.prepared.plans[0].algorithm
    return {
        "at": session.position,
        "sources": [asdict(each) for each in sources(algorithm)],
        "pseudocode": pseudocode(algorithm),
    }


def lines_form(session: Session, event: int | None) -> Form:
    """Return the lines of the code that an event ran through."""
    found: Form = asdict(lines_of(session, event))
    return {"at": session.position} | found


def states_form(session: Session, names: list[str] | None, skip: int) -> Form:
    """Return the variables of nodes here, and which nodes and links do not work."""
    graph, kernel = session.prepared.graph, session.kernel
    wave = kernel.outcome().waves[0]
    if names is None:
        nodes = [*range(graph.nodes)[skip : skip + LISTED]]
    else:
        nodes = [graph.number(name) for name in names]
    return {
        "at": session.position,
        "total": graph.nodes,
        "states": {
            graph.names[node]: state_form(Algorithm.state(wave.instances[node]))
            for node in nodes
            if node in wave.instances
        },
        "decisions": {
            graph.names[node]: value_form(value) for node, value in wave.decisions if node in {*nodes}
        },
        "down": [graph.names[node] for node in sorted(kernel.fault_state.down)],
        "cut": [[graph.names[a], graph.names[b]] for a, b in kernel.fault_state.cuts],
    }


def conditions_form(session: Session) -> Form:
    """Return how the wave stands."""
    found = session.conditions()
    return {
        "at": found.position,
        "holds": found.holds,
        "broken": found.broken,
        "messages": found.messages,
        "bits": found.bits,
        "time": found.time,
        "bounds": found.bounds,
        "witnesses": found.witnesses,
    }


def trace_form(session: Session, skip: int, most: int) -> Form:
    """Return a portion of the trace up to here: whole lines, of `most` characters or a few more.

    Args:
        session: where it is.
        skip: how many events to leave out; 0 for the first portion, which begins with the header.
        most: characters.
    """
    position = session.position
    lines = _first_lines(session) if skip == 0 else []
    at = skip
    while at < position and (at == skip or sum(map(len, lines)) < most):
        until = min(at + CHECKPOINT_EVENTS, position)
        lines += [_line(row) for rows in session.rows(at, until) for row in rows]
        at = until
    text = "".join(f"{line}\n" for line in lines)
    return {"at": position, "text": text, "next": None if at >= position else at}


def _first_lines(session: Session) -> list[str]:
    """Return the header, and the lines of what was done before the first event."""
    kernel = session.player.checkpoints.first.copy()
    trace = kernel.trace
    assert trace is not None
    lines = [session.player.header]
    for each in session.branch_now.at(0):
        lines += session.player.carry_out(each, kernel)
    return lines


def _line(row: Mapping[str, object]) -> str:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))
