"""A session or a trace as one HTML file, which a student hands in."""

from __future__ import annotations

from pathlib import Path

from topowave.sessions.export.recording import recorded
from topowave.sessions.session import Session
from topowave.traces.html_file import html_of, trace_as_html, write_html


def save_html(run: Session | str | Path, path: str | Path) -> None:
    """Write a session, with all its branches and where it is, or a trace as one HTML file.

    Any browser opens it from disk, without a server: to step through, in the reader's language.

    Args:
        run: a session, or a trace's file.
        path: the file that is written.

    Raises:
        Problems: there are too many events (`EXPORTED_EVENTS`), the page is not built, it is no trace, or the
            file cannot be written.
    """
    page = html_of({"session": recorded(run)}) if isinstance(run, Session) else trace_as_html(run)
    write_html(path, page)
