"""What in a class' file makes two runs with one seed differ: chance, clocks, threads, sockets and files.

A handler that uses them runs, and is not refused; but what it does then depends on more than its node's state
and the message, so a run cannot be repeated, replayed or checked. The file is read, not run.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

REASONS = {
    "chance that no seed reaches": ("random", "secrets", "uuid"),
    "a clock, which differs from run to run": ("time", "datetime"),
    "threads and processes, which run in any order": (
        "asyncio",
        "concurrent",
        "multiprocessing",
        "subprocess",
        "threading",
        "_thread",
    ),
    "another program, whose answers differ from run to run": (
        "http",
        "httpx",
        "requests",
        "socket",
        "urllib",
        "websockets",
    ),
}
"""What is imported, by what it brings."""
INSTEAD = {"random": "; self.random is chance that the seed reaches"}
"""What there is to use in place of an import."""
_REASON_OF = {name: reason for reason, names in REASONS.items() for name in names}


def notes(text: str) -> list[str]:
    """Return a sentence for each thing in the file of `FILE.py:CLASS` on which a run would depend.

    Of a name in the library, and of a file that cannot be read (which is told elsewhere), there are none.
    """
    file, colon, _ = text.rpartition(":")
    path = Path(file if colon else text)
    if path.suffix != ".py":
        return []
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, ValueError, SyntaxError, RecursionError):
        return []
    return [
        f"{path}: line {line}: note: {what}: a run with the same seed may differ, since this is {reason}"
        for line, what, reason in _found(tree)
    ]


def _found(tree: ast.Module) -> Iterator[tuple[int, str, str]]:
    """Yield line, text and reason."""
    for node in (inner for part in tree.body if not _is_main(part) for inner in ast.walk(part)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "open":
            yield node.lineno, "open(...)", "a file, which outlasts the run"
            continue
        else:
            continue
        for name in names:
            reason = _REASON_OF.get(name.partition(".")[0])
            if reason is not None:
                yield node.lineno, f"import of {name}", reason + INSTEAD.get(name, "")


def _is_main(part: ast.stmt) -> bool:
    """Whether a statement is `if __name__ == "__main__":`, which no runtime runs."""
    return isinstance(part, ast.If) and "__name__" in ast.dump(part.test)
