"""The checker: goes through every order in which messages can arrive."""

from topowave.checker.check import check
from topowave.checker.result import CheckResult

__all__ = ["CheckResult", "check"]
