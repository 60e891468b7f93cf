"""A lab whose journal is in PostgreSQL keeps what one with a file keeps."""

from __future__ import annotations

import os
import signal
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.live.survivors import processes
from tests.live.tasks import all_tasks, assert_run_once_or_said_so
from tests.support.live_lab import live_lab
from tests.support.postgres import PostgresServer, any_postgres, postgres_server
from tests.support.waiting import wait_gone
from topowave.tasks import PostgresDatabase, reader_at
from topowave.topology import generate, write_topology

__all__ = ["any_postgres", "postgres_server"]
MANY = 60


@pytest.mark.slow
def test_nodes_and_the_whole_lab_are_killed_and_every_task_is_done_once_or_says_so(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    tree = tmp_path / "tree.json"
    write_topology(generate("star", nodes=3, seed=1), tree)
    url = postgres_server.url()
    with closing(reader_at(PostgresDatabase(url))) as reader:
        with live_lab(tmp_path, tree, task_time=600, rebalance_interval=0, database_url=url) as lab:
            names = [node.name for node in lab.topology.nodes]
            (script,) = lab.post("/tasks", {"script": "pi", "params": {"samples": 10}})["tasks"]
            result = lab.get(f"/tasks/{quote(script['id'])}?wait=60")["result"]
            assert lab.http.get(f"{lab.balancer}/tasks/%00").status_code == 404
            added = [lab.post("/tasks", {"node": name, "count": MANY // 3})["tasks"] for name in names]
            ids = [each for tasks in added for each in tasks]
            pid = lab.pid(names[-1])
            lab.post(f"/nodes/{names[-1]}/kill")
            lab.until_back(names[-1], pid)
            gone = processes(lab)
            for each in (lab.process.pid, *gone):
                with suppress(ProcessLookupError):
                    os.kill(each, signal.SIGKILL)
            wait_gone(gone)
        assert reader.counts().unfinished > 0
        with live_lab(
            tmp_path, tree, "--resume", task_time=0.05, rebalance_interval=0, database_url=url
        ) as lab:
            lab.until(reader.counts, lambda counts: counts.completed == MANY + 1)
            law = lab.get("/status")["tasks"]
            assert (law["submitted"], law["lawful"]) == (MANY + 1, True)
            assert lab.get(f"/tasks/{quote(script['id'])}")["result"] == result
            found = [task for task in all_tasks(reader) if task["id"] != script["id"]]
            assert sorted(task["id"] for task in found) == sorted(ids)
            for task in found:
                assert_run_once_or_said_so(task)
            assert any(task["attempts"] > 1 for task in found)
            postgres_server.crash()
            postgres_server.wait_until_up()
            lab.post("/tasks", {"node": names[0], "count": 1})
            lab.until(reader.counts, lambda counts: counts.completed == MANY + 2)
