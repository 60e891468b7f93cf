"""Tells a webhook of alerts that fire and are resolved, one after another, again until it has taken each.

What waits is bounded: past WEBHOOK_WAITING the oldest goes. An answer that says to come back later (5xx, 408,
425, 429), and none at all, is tried again after a pause that doubles; any other refusal is final. Redirects
are not followed. Nobody waits for the webhook: what it is told is put into a queue.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

import httpx

from topowave.balancer.alerts.forms import Alert
from topowave.balancer.alerts.webhook_body import signature_headers, webhook_body
from topowave.balancer.json_form import JsonForm
from topowave.balancer.limits import (
    WEBHOOK_ATTEMPTS,
    WEBHOOK_PAUSE,
    WEBHOOK_PAUSE_MOST,
    WEBHOOK_TIMEOUT,
    WEBHOOK_WAITING,
)
from topowave.logs import fields
from topowave.topology.alert_settings import AlertSettings
from topowave.wire.allowed_targets import AllowedTargets
from topowave.wire.http_client import bounded_client

log = logging.getLogger(__name__)
LATER = frozenset({408, 425, 429})
"""Answers below 500 that ask for another try."""


class WebhookStatus(JsonForm):
    """Who is told of alerts, how many notices it has taken, and how many wait or were given up.

    `problem` says why the last try failed; null where it did not.
    """

    host: str
    delivered: int
    waiting: int
    given_up: int
    problem: str | None


class Webhook:
    """The one that a lab's settings name.

    Args:
        settings: with its address and secret.
        allowed_targets: where the lab may answer to.
        lab: returns what people call the lab.
        page: the lab's address for people.
        tell: called with a sentence for people when telling it begins to fail.
    """

    def __init__(
        self,
        settings: AlertSettings,
        allowed_targets: AllowedTargets,
        lab: Callable[[], str],
        page: str,
        tell: Callable[[str], None],
    ) -> None:
        self._url = settings.webhook
        self._secret = settings.webhook_secret
        self._lab = lab
        self._page = page
        self._tell = tell
        self._told: set[str] = set()
        self._waiting: deque[bytes] = deque()
        self._wake = asyncio.Event()
        self.delivered = self.given_up = 0
        self.problem: str | None = None
        self._allowed = not self._url or allowed_targets.allows(self._url)
        if not self._allowed:
            self._failed(
                f"it is out of this lab's reach ({allowed_targets}), to which `answer_to` in config.json adds"
            )

    @property
    def status(self) -> WebhookStatus | None:
        """How telling it goes; None where there is none. Of its address only the host, which is no secret."""
        if not self._url:
            return None
        return WebhookStatus(
            host=urlsplit(self._url).netloc.rpartition("@")[2],
            delivered=self.delivered,
            waiting=len(self._waiting),
            given_up=self.given_up,
            problem=self.problem,
        )

    def look(self, active: Iterable[Alert], find: Callable[[str], Alert | None]) -> None:
        """Take in the alerts of now; one that is silenced is told when its silence ends, if it fires still.

        Args:
            active: those that are pending or fire.
            find: returns an alert by its id, resolved ones too.
        """
        if not self._url or not self._allowed:
            return
        ids = set[str]()
        for alert in active:
            ids.add(alert.id)
            if alert.state == "firing" and alert.silenced_until is None and alert.id not in self._told:
                self._told.add(alert.id)
                self._put(alert)
        for gone in self._told - ids:
            self._told.discard(gone)
            over = find(gone)
            if over is not None:
                self._put(over)

    async def run(self) -> None:
        """Tell what waits, for ever."""
        async with bounded_client(WEBHOOK_TIMEOUT) as client:
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._waiting:
                    await self._deliver(client, self._waiting[0])

    def _put(self, alert: Alert) -> None:
        self._waiting.append(webhook_body(alert, self._lab(), self._page))
        if len(self._waiting) > WEBHOOK_WAITING:
            self._waiting.popleft()
            self.given_up += 1
        self._wake.set()

    async def _deliver(self, client: httpx.AsyncClient, body: bytes) -> None:
        """Tell one notice, or give it up."""
        pause_s = WEBHOOK_PAUSE
        for attempt in range(1, WEBHOOK_ATTEMPTS + 1):
            problem, again = await self._try(client, body)
            if problem is None:
                self.problem = None
                self.delivered += 1
                break
            self._failed(problem)
            if not again or attempt == WEBHOOK_ATTEMPTS:
                self.given_up += 1
                break
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, WEBHOOK_PAUSE_MOST)
        if self._waiting and self._waiting[0] is body:  # else it went since there were too many
            self._waiting.popleft()

    async def _try(self, client: httpx.AsyncClient, body: bytes) -> tuple[str | None, bool]:
        """Return why a try failed, None where it did not, and whether another one may help."""
        headers = {"content-type": "application/json"} | signature_headers(
            body, self._secret, int(time.time())
        )
        try:
            answer = await client.post(self._url, content=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, OSError) as error:
            return f"it gave no answer: {str(error)[:200] or type(error).__name__}", True
        if answer.is_success:
            return None, False
        status = answer.status_code
        return f"it answered {status}", status >= httpx.codes.INTERNAL_SERVER_ERROR or status in LATER

    def _failed(self, problem: str) -> None:
        if self.problem is None:
            self._tell(f"The webhook of alerts is not told: {problem}")
        log.warning("webhook not told", extra=fields(problem=problem))
        self.problem = problem
