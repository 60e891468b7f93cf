"""Reading and writing topology.json, and the reading of any text file, with all that can be wrong with it."""

from __future__ import annotations

import json
import os
import shlex
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from topowave.topology.json_lines import parse_json
from topowave.topology.limits import MAX_DEPTH, MAX_FILE_BYTES, MAX_LINKS, MAX_NODES
from topowave.topology.model import Topology, checked
from topowave.topology.problems import ProblemList, Problems, cannot_write
from topowave.translation import text as sentence

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_COMPRESSED = (
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
)
"""How files of these programs begin; each unpacks with `-dc`."""
_ENDINGS = frozenset({"gz", "bz2", "xz", "zst"})
_ARCHIVE = b"PK\x03\x04"
_CONTROL = bytes(range(9)) + bytes(range(14, 26)) + bytes(range(27, 32)) + b"\x7f"
"""Bytes that stand in no text: control characters but line breaks, tabs and the end-of-file of DOS."""


def read_bytes(path: str | os.PathLike[str]) -> bytes:
    """Read a whole file.

    Raises:
        Problems: it is missing, a directory, unreadable, compressed or too large.
    """
    problems = ProblemList(os.fspath(path))
    try:
        with Path(path).open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError as error:
        raise problems.refusal(sentence("there is no such file")) from error
    except IsADirectoryError as error:
        raise problems.refusal(sentence("is a directory; expected a file")) from error
    except (OSError, ValueError) as error:
        raise problems.refusal(
            sentence("cannot be read: {value}", value=getattr(error, "strerror", None) or error)
        ) from error
    if len(data) > MAX_FILE_BYTES:
        raise problems.refusal(
            sentence("is larger than the limit of {max_file_bytes} bytes", max_file_bytes=MAX_FILE_BYTES)
        )
    for start, program in _COMPRESSED:
        if data.startswith(start):
            name = Path(path).name
            stem, _, ending = name.rpartition(".")
            plain = stem if ending in _ENDINGS else f"plain-{name}"
            how = f"{program} -dc {shlex.quote(os.fspath(path))} > {shlex.quote(plain)}"
            raise problems.refusal(
                sentence("is compressed by {program}; unpack it first: {how}", program=program, how=how)
            )
    if data.startswith(_ARCHIVE):
        raise problems.refusal(sentence("is a zip archive; unpack it first and name the file inside"))
    return data


def read_text(path: str | os.PathLike[str]) -> str:
    """Read a whole text file in UTF-8 (a byte order mark at its start is passed over).

    Raises:
        Problems: it is missing, a directory, unreadable, too large, or not UTF-8 (with the byte's position).
    """
    return decoded(read_bytes(path), os.fspath(path))


def decoded(data: bytes, source: str) -> str:
    """The text of a file in UTF-8 (a byte order mark at its start is passed over).

    Raises:
        Problems: it is not UTF-8 (with the byte's position).
    """
    start = len(BYTE_ORDER_MARK) if data.startswith(BYTE_ORDER_MARK) else 0
    try:
        return data[start:].decode("utf-8")
    except UnicodeDecodeError as error:
        position = start + error.start
        line = data.count(b"\n", 0, position) + 1
        raise ProblemList(source).refusal(
            sentence(
                "not UTF-8: byte 0x{data:02x} at position {position} (line {line})",
                data=data[position],
                position=position,
                line=line,
            )
        ) from error


def decoded_leniently(data: bytes, source: str) -> tuple[str, list[str]]:
    """The text of a file of another program, in UTF-8 or else in Latin-1, and a note if it is the latter.

    Bytes from 0x80 to 0x9f are read as Windows writes them, since nobody means Latin-1's control characters.

    Raises:
        Problems: it is no text: what is not UTF-8 holds bytes that no text in Latin-1 has.
    """
    try:
        return decoded(data, source), []
    except Problems:
        if data.startswith(_UTF_16) or data.translate(None, _CONTROL) != data:
            raise
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    line = next(number for number, part in enumerate(data.split(b"\n"), start=1) if not _is_utf8(part))
    return text, [f"line {line} is not UTF-8: the file was read as Latin-1"]


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def write_text(text: str, path: str | os.PathLike[str]) -> None:
    """Write a text file in UTF-8 at once: a reader sees the old file or the new one, never a half.

    Raises:
        Problems: it cannot be written, or is so large that it could not be read back.
    """
    target = Path(path)
    problems = ProblemList(os.fspath(path))
    if os.path.isdir(target):  # noqa: PTH112 - Path's raises where a name is too long
        raise problems.refusal(sentence("is a directory; expected a file"))
    try:
        data = text.encode()
        if len(data) > MAX_FILE_BYTES:
            raise problems.refusal(
                sentence(
                    "would be larger than the limit of {max_file_bytes} bytes", max_file_bytes=MAX_FILE_BYTES
                )
            )
        if target.exists() and not target.is_file():  # a pipe or a device cannot be replaced
            target.write_bytes(data)
            return
        target = target.resolve()
        handle, temporary = tempfile.mkstemp(prefix=f".{target.name[:64]}.", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(temporary).chmod(_mode_for(target))
            Path(temporary).replace(target)
        except BaseException:
            with suppress(OSError):
                Path(temporary).unlink()
            raise
    except (OSError, ValueError, RuntimeError) as error:
        raise cannot_write(path, error) from error


def _mode_for(target: Path) -> int:
    """The permissions of the file that is replaced, or those that a new file would get."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def read_topology(path: str | os.PathLike[str]) -> Topology:
    """Read a topology.json.

    Raises:
        Problems: with every problem, each with the file, the place in it and the line.
    """
    source = os.fspath(path)
    document = parse_json(read_text(path), source)
    return checked(document.data, ProblemList(source, document.line))


def write_topology(topology: Topology, path: str | os.PathLike[str]) -> None:
    """Write a topology.json: equal topologies give equal bytes.

    Raises:
        Problems: it is beyond the limits of a file, or cannot be written.
    """
    write_text(topology_text(topology, os.fspath(path)), path)


def topology_text(topology: Topology, source: str = "") -> str:
    """The text of a topology.json: indented by two spaces, a link on a line, with a newline at its end.

    Raises:
        Problems: the topology is beyond the limits of a file, so it could not be read back.
    """
    problem = beyond_limits(topology)
    if problem:
        raise ProblemList(source).refusal(problem)
    return "\n".join(_lines(topology.to_json())) + "\n"


def beyond_limits(topology: Topology) -> str | None:
    """What makes a topology too large for a file, or None."""
    depths: dict[str | None, int] = {None: -1}
    for node in topology.nodes:
        depths[node.name] = depths[node.parent] + 1
    for what, found, limit in (
        ("nodes", len(topology.nodes), MAX_NODES),
        ("levels below the root", max(depths.values()), MAX_DEPTH),
        ("extra links", len(topology.extra_links), MAX_LINKS),
    ):
        if found > limit:
            return f"the network has {found} {what}; a file holds at most {limit}"
    return None


def _lines(root: dict[str, Any]) -> list[str]:
    """The lines of the nested tree, with a stack instead of recursion."""
    lines = ["{"]
    stack: list[tuple[dict[str, Any], int, bool]] = [(root, 0, True)]  # node, level, first time seen
    after: dict[int, str] = {id(root): "}"}
    while stack:
        node, level, first = stack.pop()
        inner = "  " * (2 * level + 1)
        if not first:
            lines.append(f"{inner}]{',' if 'links' in node else ''}")
            lines.extend(_link_lines(node))
            lines.append("  " * (2 * level) + after[id(node)])
            continue
        if level:
            lines.append("  " * (2 * level) + "{")
        for key, value in node.items():
            if key not in {"children", "links"}:
                lines.append(f"{inner}{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)},")
        children: list[dict[str, Any]] = node["children"]
        if not children:
            lines.append(f'{inner}"children": []')
            lines.append("  " * (2 * level) + after[id(node)])
            continue
        lines.append(f'{inner}"children": [')
        stack.append((node, level, False))
        for child in reversed(children):
            after[id(child)] = "}" if child is children[-1] else "},"
            stack.append((child, level + 1, True))
    return lines


def _link_lines(node: dict[str, Any]) -> list[str]:
    links: list[list[str]] = node.get("links", [])
    if not links:
        return []
    written = [f"    {json.dumps(link, ensure_ascii=False)}" for link in links]
    return ['  "links": [', *(f"{line}," for line in written[:-1]), written[-1], "  ]"]
