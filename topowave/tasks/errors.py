"""Why a journal cannot be read or written, in one sentence."""

from __future__ import annotations


class JournalError(Exception):
    """The journal cannot be read or written just now; nothing of the command was done."""


class JournalFullError(JournalError):
    """There is no room left on its disk."""


class JournalLostError(JournalError):
    """Its files are not those with which the lab began: what they hold is not what was promised."""


class JournalBusyError(JournalError):
    """Another process is writing, so that it is a matter of waiting."""


class JournalDoubtError(JournalError):
    """The connection broke at a commit: the same is to be done again, until it is known what became of it."""
