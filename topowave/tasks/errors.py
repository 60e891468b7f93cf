"""Why a journal cannot be read or written, in one sentence."""

from __future__ import annotations


class JournalError(Exception):
    """The journal cannot be read or written just now; nothing was done, or JournalDoubtError is raised.

    Attributes:
        is_partly: whether a part of what was asked for was done before.
    """

    is_partly = False


class JournalFullError(JournalError):
    """There is no room left on its disk."""


class JournalLostError(JournalError):
    """Its files are not those with which the lab began: what they hold is not what was promised."""

    def again(self) -> JournalLostError:
        """Return the same to be raised once more: what is kept and raised grows by a traceback each time."""
        return JournalLostError(*self.args)


class JournalBusyError(JournalError):
    """Another process is writing, so that it is a matter of waiting."""


class JournalDoubtError(JournalError):
    """The connection broke at a commit, so it is not known what became of it.

    Whoever can is to do the same again, until it is known; else it may have been done, or not.
    """
