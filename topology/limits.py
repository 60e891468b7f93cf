"""Every limit of a network and of the files that describe it, with its unit, in one place."""

from __future__ import annotations

from typing import Final

MIN_PORT: Final = 1
"""Smallest port."""

MAX_PORT: Final = 65_535
"""Largest port."""

MAX_CPU: Final = 1_000_000
"""Most cores of one node."""

MAX_NAME: Final = 64
"""Longest name or role, in characters."""

MAX_ROLES: Final = 16
"""Most entries of a node's `roles`, and most roles that a task may ask for."""

MIN_WEIGHT: Final = 0.001
"""Least weight of a node as an executor."""

MAX_WEIGHT: Final = 1_000.0
"""Greatest weight of a node as an executor."""

MAX_LIMIT: Final = 1_000_000
"""Greatest `limit` of a node: as many tasks as its queue may hold."""

MAX_NODES: Final = 10_000
"""Most nodes that a file may describe."""

MAX_LINKS: Final = 100_000
"""Most extra links that a file may list beside its tree."""

MAX_LISTED_LINKS: Final = 500_000
"""Most links that a file of another program may list, parallel ones counted each."""

MAX_LINK_LINE: Final = 100_000
"""Longest line of an edge list, in characters."""

MAX_WORDS: Final = 2_500_000
"""Most words (names, values, brackets and other marks) of a DOT or GML file."""

MAX_MARKUP_BYTES: Final = 4 * 1024 * 1024
"""Longest single tag or comment of an XML file, in bytes."""

MAX_LABEL: Final = 4_000
"""So many characters of a label are looked at for a node's name."""

MAX_DEPTH: Final = 400
"""Most links from the root down to a leaf in a file.

A level of the tree is two levels of JSON (an object in a list). With 400 of them the tree can still be
handled by any recursive JSON library within Python's usual limit of 1000 calls.
"""

MAX_LINK_DELAY_MS: Final = 10_000.0
"""Longest artificial delay of a link, in milliseconds."""

MAX_REPLICAS: Final = 1000
"""Most nodes of its own that a running lab may be made to have."""
MAX_TARGET_LOAD: Final = 1000.0
"""Largest load that autoscaling may aim at, in percent of cores; above 100 tasks wait."""
MAX_SCALE_WINDOW: Final = 3600.0
"""Longest time for which autoscaling may look back, or wait after a step (s)."""

MAX_ANSWER_TO: Final = 100
"""Most hosts and networks in `answer_to`."""
MAX_ALLOW_ORIGINS: Final = 100
"""Most origins in `allow_origins`."""

MAX_FILE_BYTES: Final = 32 * 1024 * 1024
"""Largest file that is read or written, in bytes."""

MAX_VALUES: Final = 1_000_000
"""Most values (texts, numbers, lists, objects) in a JSON file, which bounds the memory that reading takes."""

MAX_PROBLEMS: Final = 50
"""Most problems that are reported about one file; the rest are counted."""
MAX_PATH = 4000
"""Longest path of a file or folder, in characters."""
MAX_URL = 2000
"""Longest URL of a database, in characters."""
MAX_SCRIPT_DIRS = 100
"""Most folders in `script_dirs`."""
MAX_ALERT_TIME = 86_400
"""Longest time that a rule of alerts may be given, in seconds."""
