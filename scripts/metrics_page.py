"""Writes the page of metrics, docs/reference/metrics.md, from the tables that the servers export by.

`python -m scripts.metrics_page` writes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from topowave.balancer.metric_forms import METRICS as BALANCER
from topowave.nodes.metrics import METRICS as NODE
from topowave.web.metric_forms import MetricForm
from topowave.web.metrics_answer import PROCESS
from topowave.wire.limits import LAG_INTERVAL, LAG_WATCHED

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "metrics.md"
BEGIN = f"""# Metrics

What the balancer and every node export at `GET /metrics` for Prometheus ([how to watch a
lab](../how-to/watch-with-prometheus.md)): OpenMetrics to who asks for it (`Accept:
application/openmetrics-text`), else Prometheus' text format. This page is written from the sources by `python
-m scripts.metrics_page`, and the alert rules and the dashboard in `deploy/` are held against the same tables.

Names follow Prometheus' conventions: seconds, bytes and cores, `_total` for counters. A histogram has the
series `_bucket`, `_count` and `_sum`. Every label has a bounded number of values. Of waves the histograms'
buckets have exemplars in OpenMetrics: `wave` is the id of the wave that came last into the bucket, by which
`GET /waves/ID` tells its story. Counters begin anew with their process; those of tasks are the journal's.

The lag of an event loop is looked at each {LAG_INTERVAL:g} s, for {LAG_WATCHED:g} s after each reading: where
nobody reads metrics it costs nothing.
"""
SD = """
## Service discovery

`GET /sd` of the balancer says whose metrics can be read, in the form of Prometheus' HTTP service discovery
(`http_sd_configs`): the balancer and every node that the lab runs. Programs of others are not among them.

| label | value |
|---|---|
| `component` | `balancer` or `node` |
| `node` | the node's name; nothing for the balancer |
| `role` | its role |
| `agent` | the agent that runs it; nothing where the lab itself does |
| `__meta_topowave_lab` | the lab's title, for `relabel_configs` |

The title changes when the network does, and all series would with it, so it is no label of theirs by itself;
`topowave_lab_info` has it too.
"""


def page() -> str:
    """Return the page."""
    parts = [
        BEGIN,
        "\n## The balancer\n",
        _table(BALANCER),
        "\n## A node\n\nNodes that share a process tell of the same engines, event loop and process.\n",
        _table(NODE),
        "\n## Both, of their process\n\nOn Linux, as prometheus-client tells it.\n",
        _table(PROCESS),
        SD,
    ]
    return "".join(parts)


def _table(forms: Iterable[MetricForm]) -> str:
    rows: list[str] = []
    for form in forms:
        labels = ", ".join(f"`{label}`" for label in form.labels)
        rows.append(f"| `{form.name}` | {form.kind} | {labels} | {form.text} |\n")
    return "\n| metric | kind | labels | what it says |\n|---|---|---|---|\n" + "".join(rows)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
