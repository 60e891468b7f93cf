"""Whether the text of a setting is what it has to be; what is expected instead, the field says."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from topowave.topology.limits import MAX_PATH
from topowave.topology.node import HOST


def checked_host(host: str) -> str:
    """Return a host's name or address. Raises ValueError where it is none."""
    if not HOST.fullmatch(host):
        raise ValueError("not an address")
    return host


def checked_network(text: str) -> str:
    """Return a host or a network like 10.0.0.0/24. Raises ValueError where it is none."""
    if "/" in text:
        ipaddress.ip_network(text, strict=False)
        return text
    return checked_host(text)


ORIGIN = re.compile(r"https?://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")


DATABASE = re.compile(r"postgres(ql)?://[^\s\x00-\x1f\x7f]+")


def checked_origin(text: str) -> str:
    """Return an origin like http://localhost:3000, in small letters. Raises ValueError where it is none."""
    if not ORIGIN.fullmatch(text):
        raise ValueError("not an origin")
    return text.lower()


def checked_folder(folder: str) -> str:
    """Return a path. Raises ValueError where it is none."""
    if not 0 < len(folder) <= MAX_PATH or "\0" in folder:
        raise ValueError("not a path")
    return folder


def checked_database(url: str) -> str:
    """Return a URL of PostgreSQL, or nothing. Raises ValueError where it is none."""
    parts = urlsplit(url)
    if url and (parts.port == 0 or not DATABASE.fullmatch(url) or not parts.path.strip("/")):
        raise ValueError("not a database's URL")
    return url
