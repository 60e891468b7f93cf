"""Reports of experiments that lie on this machine: found, read, and two put side by side.

The balancer runs no experiment and imports nothing of theirs. It reads what `topowave experiment run` wrote
(docs/reference/experiments.md).
"""
