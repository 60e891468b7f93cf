"""One HTML file of a run that any browser opens from disk: no server, no network, nothing to install.

The page's build makes the file without a run (`viewer.html`), with script and styles in it; here a run is put
in as JSON. A browser lets such a file connect to nothing, and run no other script (content-security-policy).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from topowave.topology import Problems
from topowave.topology.problems import cannot_write
from topowave.traces.reader import read_trace
from topowave.translation import text

VIEWER = Path(__file__).parents[1] / "page" / "viewer.html"
"""The built file without a run: in a checkout by a link to `frontend/dist`, installed itself."""
PLACE = '<script id="run" type="application/json">null</script>'
"""Where in it the run goes."""
MOST_BYTES = 64 * 1024 * 1024
"""Longest JSON of a run in a file, in bytes; a browser takes some seconds to open it."""


def html_of(run: Mapping[str, object]) -> str:
    """Return a run as an HTML file.

    Args:
        run: as `frontend/src/viewer/run.ts` has it: `{"trace", "source"}` or `{"session"}`.

    Raises:
        Problems: it is too long, or the page is not built.
    """
    # No tag begins in it, whatever texts the run has.
    data = json.dumps(run, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    size = len(data.encode())
    if size > MOST_BYTES:
        raise Problems(
            [
                text(
                    "the file would have {size} bytes; expected at most {most_bytes}",
                    size=size,
                    most_bytes=MOST_BYTES,
                )
            ]
        )
    try:
        page = VIEWER.read_text("utf-8")
    except OSError:
        raise Problems(
            [text("the page is not built, so there is nothing to show a run with; type `make run` once")]
        ) from None
    before, _, after = page.partition(PLACE)
    return f"{before}{PLACE.replace('null', data)}{after}"


def trace_as_html(file: str | Path) -> str:
    """Return a trace's file as an HTML file. Raises Problems where it is no trace, or too long."""
    read_trace(file, most=1)
    try:
        trace = Path(file).read_text("utf-8")
    except (OSError, UnicodeError) as error:
        raise Problems([f"{file}: {error}"]) from None
    return html_of({"trace": trace, "source": Path(file).name})


def write_html(path: str | Path, page: str) -> None:
    """Write an HTML file. Raises Problems where it cannot be."""
    try:
        Path(path).write_text(page, "utf-8")
    except OSError as error:
        raise cannot_write(path, error) from None
