"""The routes for Prometheus: the balancer's metrics, and where all metrics of the lab are read."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Header, Request
from fastapi.responses import PlainTextResponse, Response

from topowave.balancer.balancer import Balancer
from topowave.balancer.json_form import JsonForm
from topowave.balancer.metrics import BalancerMetrics
from topowave.web.metrics_answer import MetricsAnswer
from topowave.web.node_addresses import node_address
from topowave.wire.addresses import ANY, Address


class TargetGroup(JsonForm):
    """A server with metrics, in the form of Prometheus' HTTP service discovery.

    `targets` has one `host:port`. `labels` has `component` ("balancer" or "node") and, of a node, `node`,
    `role` and `agent` (left out where the lab itself runs it). `__meta_topowave_lab` is the lab's title: it
    changes with the network, so it becomes a label of the series only where the scrape config says so.
    """

    targets: list[str]
    labels: dict[str, str]


def add_metrics_routes(app: FastAPI, balancer: Balancer) -> None:
    """Add the routes for Prometheus."""
    all_metrics = BalancerMetrics(balancer)
    answer = MetricsAnswer(all_metrics.collect)

    @app.get("/metrics", response_class=PlainTextResponse)
    async def metrics(
        accept: Annotated[
            str | None, Header(description="application/openmetrics-text for OpenMetrics")
        ] = None,
    ) -> Response:
        """Return the balancer's metrics in Prometheus' text format, or as OpenMetrics to who asks for it."""
        await all_metrics.look()
        return answer.to(accept)

    @app.get("/sd")
    async def targets(request: Request) -> list[TargetGroup]:
        """Return whose metrics can be read, for `http_sd_configs` of Prometheus: the balancer and its nodes.

        Programs of others are not among them. In a lab with a token Prometheus says that in the header
        `Authorization: Bearer TOKEN`, here and to every target.
        """
        return target_groups(balancer, request.url.hostname or "")


def target_groups(balancer: Balancer, asked_as: str) -> list[TargetGroup]:
    """Return the servers of a lab that export metrics, the balancer first.

    Args:
        balancer: of which lab.
        asked_as: the host by which it was asked; where the lab listens on all addresses, that is the one that
            the asker reaches.
    """
    lab = balancer.lab
    title = {"__meta_topowave_lab": lab.title}
    own = Address(lab.config.host, lab.config.balancer_port)
    groups = [_group(own, asked_as, title | {"component": "balancer"})]
    for node in lab.topology.nodes:
        if node.launch:
            labels = title | {"component": "node", "node": node.name, "role": node.role}
            if node.agent is not None:
                labels["agent"] = node.agent
            groups.append(_group(node_address(node, lab.config), asked_as, labels))
    return groups


def _group(address: Address, asked_as: str, labels: dict[str, str]) -> TargetGroup:
    if address.host in ANY and asked_as:
        address = Address(asked_as, address.port)
    return TargetGroup(targets=[address.http().removeprefix("http://")], labels=labels)
