"""What a balancer is asked, and what it answers."""

from __future__ import annotations

from typing import Any

from topowave.client import LabError


class PlayedBalancer:
    """Remembers what it is asked, and answers with what the test wants."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, object]] = []
        self.answers: list[dict[str, Any] | LabError] = []

    def answer(self, method: str, path: str, body: object) -> dict[str, Any]:
        """Answer a request. Raises LabError where the test wants that."""
        self.asked.append((method, path, body))
        answer = self.answers.pop(0)
        if isinstance(answer, LabError):
            raise answer
        return answer
