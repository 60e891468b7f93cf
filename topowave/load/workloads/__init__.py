"""Which tasks come when, and how long each takes: read from logs, or drawn from a seed."""

from __future__ import annotations

from topowave.load.workloads.make import workload_of
from topowave.load.workloads.spec import WorkloadSpec, read_spec
from topowave.load.workloads.workload import Workload

__all__ = ["Workload", "WorkloadSpec", "read_spec", "workload_of"]
