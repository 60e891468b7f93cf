"""Whether a program that says that it is an agent may be one here. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

from topowave.short_text import short_sentence
from topowave.topology.node import HOST, fault_in_name
from topowave.wire.addresses import ANY, is_loopback
from topowave.wire.agents import Hello
from topowave.wire.limits import HEARTBEAT_LEAST, HEARTBEAT_MOST


@dataclass(frozen=True, slots=True)
class Terms:
    """What this lab asks of its agents.

    Attributes:
        version: of Topowave, which must be theirs.
        boot: names this machine's present boot.
        journal_in_file: whether the journal of tasks is a file, which only this machine has.
        has_token: whether other machines may talk to this lab at all.
    """

    version: str
    boot: str
    journal_in_file: bool
    has_token: bool


def fault_in_hello(hello: Hello, terms: Terms) -> str | None:
    """Return why an agent is not taken in, as a sentence; None where nothing is against it."""
    return (
        _fault_in_version(hello, terms)
        or _fault_in_name(hello)
        or _fault_in_numbers(hello)
        or _fault_in_host(hello, terms)
        or _fault_in_machine(hello, terms)
    )


def _fault_in_version(hello: Hello, terms: Terms) -> str | None:
    if hello.version == terms.version:
        return None
    return f"this agent is Topowave {hello.version}, and the lab {terms.version}: both must be the same"


def _fault_in_name(hello: Hello) -> str | None:
    fault = fault_in_name(hello.name)
    return None if fault is None else f"the agent's name {short_sentence(repr(hello.name), 100)} {fault}"


def _fault_in_numbers(hello: Hello) -> str | None:
    if not HEARTBEAT_LEAST <= hello.heartbeat <= HEARTBEAT_MOST:
        most = f"expected {HEARTBEAT_LEAST:g} to {HEARTBEAT_MOST:g} s"
        return f"a heartbeat each {hello.heartbeat:g} s: {most}"
    if hello.cores < 1 or not math.isfinite(hello.free_mb):
        return f"{hello.cores} cores and {hello.free_mb:g} MB are no machine"
    if not hello.session:
        return "the agent names no session"
    return None


def _fault_in_host(hello: Hello, terms: Terms) -> str | None:
    host = hello.host
    if host in ANY:
        return f"{host} means all addresses of a machine; say the one at which nodes are reached (--node-ip)"
    if not HOST.fullmatch(host):
        return f"{short_sentence(repr(host), 100)} is no host name and no IP address (--node-ip)"
    if not terms.has_token and not is_loopback(host):
        return (
            f"nodes on {host} are reached by other machines, and this lab has no token: start it with a "
            "host that they reach (`host` in config.json), or the agent with --node-ip 127.0.0.1"
        )
    return None


def _fault_in_machine(hello: Hello, terms: Terms) -> str | None:
    if hello.boot == terms.boot or not terms.journal_in_file:
        return None
    return "PostgreSQL is needed where nodes are on more than one machine (database_url)"
