"""Tells a webhook of alerts that fire and are resolved, one after another, again until it has taken each.

What waits is bounded: past WEBHOOK_WAITING the oldest goes. An answer that says to come back later (5xx, 408,
425, 429), and none at all, is tried again after a pause that doubles; any other refusal is final. Redirects
are not followed. By https:// only who has a certificate for his name is told. Each try is a line of the log
with the alert's id, what is told of it, the number of the try and what came of it. Nobody waits for the
webhook: what it is told is put into a queue.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class _Notice:
    """What is told of an alert: that it fires, or is resolved."""

    alert: str
    state: str
    body: bytes


@dataclass(frozen=True, slots=True)
class _Came:
    """What came of a try.

    Attributes:
        status: what was answered; None where nothing was.
        problem: why it failed; None where it did not.
        again: whether another one may help.
    """

    status: int | None
    problem: str | None
    again: bool


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
        self._waiting: deque[_Notice] = deque()
        self._wake = asyncio.Event()
        self.delivered = self.given_up = 0
        self.problem: str | None = None
        self._allowed = not self._url or allowed_targets.allows(self._url, https=True)
        if not self._allowed:
            problem = (
                f"it is out of this lab's reach ({allowed_targets}), to which `answer_to` in config.json adds"
            )
            self._failed(problem)
            log.warning("webhook not told", extra=fields(problem=problem))

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
        async with bounded_client(WEBHOOK_TIMEOUT, https=self._url.startswith("https:")) as client:
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._waiting:
                    await self._deliver(client, self._waiting[0])

    def _put(self, alert: Alert) -> None:
        body = webhook_body(alert, self._lab(), self._page)
        self._waiting.append(_Notice(alert.id, alert.state, body))
        if len(self._waiting) > WEBHOOK_WAITING:
            oldest = self._waiting.popleft()
            self.given_up += 1
            log.warning(
                "webhook not told",
                extra=fields(alert=oldest.alert, state=oldest.state, problem="too many wait", given_up=True),
            )
        self._wake.set()

    async def _deliver(self, client: httpx.AsyncClient, notice: _Notice) -> None:
        """Tell one notice, or give it up."""
        pause_s = WEBHOOK_PAUSE
        for attempt in range(1, WEBHOOK_ATTEMPTS + 1):
            came = await self._try(client, notice.body)
            said: dict[str, object] = {
                "alert": notice.alert,
                "state": notice.state,
                "attempt": attempt,
                "status": came.status,
            }
            if came.problem is None:
                self.problem = None
                self.delivered += 1
                log.info("webhook told", extra=fields(**said))
                break
            given_up = not came.again or attempt == WEBHOOK_ATTEMPTS
            self._failed(came.problem)
            log.warning("webhook not told", extra=fields(**said, problem=came.problem, given_up=given_up))
            if given_up:
                self.given_up += 1
                break
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, WEBHOOK_PAUSE_MOST)
        if self._waiting and self._waiting[0] is notice:  # else it went since there were too many
            self._waiting.popleft()

    async def _try(self, client: httpx.AsyncClient, body: bytes) -> _Came:
        """Tell it once."""
        headers = {"content-type": "application/json"} | signature_headers(
            body, self._secret, int(time.time())
        )
        try:
            answer = await client.post(self._url, content=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, OSError) as error:
            return _Came(None, _why_none(error), again=True)
        status = answer.status_code
        if answer.is_success:
            return _Came(status, None, again=False)
        again = status >= httpx.codes.INTERNAL_SERVER_ERROR or status in LATER
        return _Came(status, f"it answered {status}", again=again)

    def _failed(self, problem: str) -> None:
        if self.problem is None:
            self._tell(f"The webhook of alerts is not told: {problem}")
        self.problem = problem


def _why_none(error: Exception) -> str:
    """Return why nobody answered."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not accepted: {cause.verify_message}"
        cause = cause.__cause__ or cause.__context__
    return f"it gave no answer: {str(error)[:200] or type(error).__name__}"
