"""The lines of a log, gzipped or not, with all that can be wrong with the file; in bounded memory."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, cast

from topowave.load.limits import CHUNK_BYTES, LINE_BYTES, LOG_BYTES
from topowave.topology.problems import Problems

Progress = Callable[[int, int], None]
"""Is told how many bytes of a file were read, and how many it has."""
GZIP = b"\x1f\x8b"
"""How a gzipped file begins, whatever it is called."""


def no_progress(done: int, total: int) -> None:
    """Tell nobody."""


def lines_of(path: Path, progress: Progress = no_progress) -> Iterator[bytes]:
    """Yield the lines of a file without their ends.

    Raises:
        Problems: it is missing, unreadable, torn, too large, or has a line that is too long.
    """
    try:
        with path.open("rb") as raw:
            size = os.fstat(raw.fileno()).st_size
            packed = raw.read(len(GZIP)) == GZIP
            raw.seek(0)
            file = cast("IO[bytes]", gzip.GzipFile(fileobj=raw)) if packed else raw
            yield from _split(file, path, lambda: progress(raw.tell(), size))
    except FileNotFoundError:
        raise Problems([f"{path}: there is no such file"]) from None
    except IsADirectoryError:
        raise Problems([f"{path}: is a directory; expected a file"]) from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise Problems(
            [f"{path}: is torn: what was gzipped cannot be unpacked to its end ({error})"]
        ) from None
    except (OSError, ValueError) as error:
        raise Problems([f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}"]) from None


def _split(file: IO[bytes], path: Path, tell: Callable[[], None]) -> Iterator[bytes]:
    rest = b""
    total = number = 0
    while chunk := file.read(CHUNK_BYTES):
        total += len(chunk)
        if total > LOG_BYTES:
            raise Problems([f"{path}: is larger than the limit of {LOG_BYTES:,} bytes"])
        parts = (rest + chunk).split(b"\n")
        rest = parts.pop()
        if len(rest) > LINE_BYTES or len(max(parts, key=len, default=b"")) > LINE_BYTES:
            long = next(place for place, part in enumerate([*parts, rest], 1) if len(part) > LINE_BYTES)
            raise Problems([f"{path}: line {number + long}: is longer than {LINE_BYTES:,} bytes"])
        number += len(parts)
        yield from parts
        tell()
    if rest:
        yield rest
