"""The routes by which links beside the tree's join and leave the running network.

`DELETE /links` says which link in its query: a body of DELETE has no meaning in HTTP (RFC 9110, 9.3.5), so
many a client cannot send one, and a proxy may drop it. A second request for the same is refused, so that
whoever asks knows whether it was theirs that changed the network; one whose answer was lost is repeated under
its Idempotency-Key.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Body, FastAPI, Query
from pydantic import Field

from topowave.balancer.api.responses import LinkChanged
from topowave.balancer.balancer import Balancer
from topowave.balancer.json_form import Order
from topowave.topology.limits import MAX_NAME
from topowave.translation import text
from topowave.web.problem_details import Problem

End = Annotated[str, Query(min_length=1, max_length=MAX_NAME, description="the name of a node")]


class LinkOrder(Order):
    """Two nodes that are to be neighbours; which comes first has no meaning."""

    a: str = Field(min_length=1, max_length=MAX_NAME)
    b: str = Field(min_length=1, max_length=MAX_NAME)


def add_link_routes(app: FastAPI, balancer: Balancer) -> None:
    """Add the routes about links."""

    @app.post("/links", status_code=201)
    async def link(order: Annotated[LinkOrder, Body()]) -> LinkChanged:
        """Let two nodes be linked, beside the tree; this answers when both have the link open.

        Waves run before or after that, on one network each. A network with such a link is no tree any more:
        algorithms for trees are refused on it, and others may run. As long as it is not replaced it keeps
        the link, also when one of the two nodes is started again.
        """
        _check_ends(balancer, order.a, order.b)
        await balancer.network_changes.link(order.a, order.b)
        balancer.feed.notify(
            "topology", text("{a} and {b} are linked now, as somebody asked", a=order.a, b=order.b)
        )
        return _changed(balancer, order.a, order.b)

    @app.delete("/links")
    async def unlink(a: End, b: End) -> LinkChanged:
        """Take a link away that is beside the tree; those of the tree stay, since a part hangs from each."""
        _check_ends(balancer, a, b)
        if b not in balancer.lab.topology.neighbors(a):
            raise Problem(404, text("No such link"), text("{a} and {b} are not linked", a=a, b=b))
        await balancer.network_changes.unlink(a, b)
        balancer.feed.notify("topology", text("{a} and {b} are linked no more, as somebody asked", a=a, b=b))
        return _changed(balancer, a, b)


def _check_ends(balancer: Balancer, *names: str) -> None:
    """Raise Problem where a node is not there (404), or somebody else's: nobody tells it of links (409)."""
    nodes = {node.name: node for node in balancer.lab.topology.nodes}
    for name in names:
        if name not in nodes:
            raise Problem(
                404, text("No such node"), text("there is no node {name!r} in this topology", name=name)
            )
        if not nodes[name].launch:
            why = text("{name} is run by somebody else, and would not know of the change", name=name)
            raise Problem(409, text("Not our node"), why)


def _changed(balancer: Balancer, a: str, b: str) -> LinkChanged:
    lab = balancer.lab
    return LinkChanged(a=a, b=b, version=lab.version, is_tree=lab.topology.is_tree)
