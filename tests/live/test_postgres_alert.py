"""A lab whose journal in PostgreSQL cannot be written says so, and that it can again."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from tests.support.live_lab import live_lab
from tests.support.postgres import PostgresServer, any_postgres, postgres_server
from tests.support.waiting import until
from topowave.topology import generate, write_topology

__all__ = ["any_postgres", "postgres_server"]
READ_ONLY = "default_transaction_read_only"


def let_write(server: PostgresServer, *, may: bool) -> None:
    """Let the server be read only, as one is that has become the standby of another, or no longer.

    Connections that are there follow at their next statement.
    """
    with psycopg.connect(server.url(), autocommit=True) as db:
        db.execute(f"ALTER SYSTEM {'RESET' if may else 'SET'} {READ_ONLY}{'' if may else ' = on'}")
        db.execute("SELECT pg_reload_conf()")
    until(lambda: read_only(server), lambda found: found != may)


def read_only(server: PostgresServer) -> bool:
    with psycopg.connect(server.url()) as db:
        (found,) = db.execute(f"SHOW {READ_ONLY}").fetchone() or ("",)
    return str(found) == "on"


@pytest.mark.slow
def test_a_database_that_takes_no_changes_is_an_alert_until_it_does(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    tree = tmp_path / "tree.json"
    write_topology(generate("star", nodes=2, seed=1), tree)
    url = postgres_server.url()
    alerts = {"journal_for": 0, "quiet_for": 0}
    with live_lab(tmp_path, tree, task_time=0.05, database_url=url, alerts=alerts) as lab:
        order = {"node": lab.topology.nodes[0].name, "count": 1}
        lab.post("/tasks", [order, order])
        lab.until(lambda: lab.get("/status")["tasks"]["completed"], lambda found: found == 2)
        let_write(postgres_server, may=False)
        try:
            until(
                lambda: lab.http.post(f"{lab.balancer}/tasks", json=order), lambda it: it.status_code == 503
            )
            firing = lab.until(
                lambda: lab.get("/alerts")["alerts"],
                lambda found: [each["state"] for each in found if each["rule"] == "journal"] == ["firing"],
            )
            (alert,) = [each for each in firing if each["rule"] == "journal"]
            assert "read-only transaction" in alert["text"]
            assert lab.get("/tasks?status=completed")["tasks"]
        finally:
            let_write(postgres_server, may=True)
        lab.until(
            lambda: lab.get("/alerts"),
            lambda found: (
                all(each["rule"] != "journal" for each in found["alerts"])
                and "journal" in [each["rule"] for each in found["history"]]
            ),
        )
        lab.post("/tasks", order)
        lab.until(lambda: lab.get("/status")["tasks"], lambda law: law["completed"] == law["submitted"] > 2)
