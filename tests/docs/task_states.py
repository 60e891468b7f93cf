"""Draws the diagram in docs/explanation/tasks.md from the states: `python -m tests.docs.task_states`."""

from __future__ import annotations

from pathlib import Path

from topowave.tasks.states import diagram

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "explanation" / "tasks.md"
BEGIN = "<!-- drawn from topowave/tasks/states.py by `python -m tests.docs.task_states` -->\n"
END = "<!-- end of what is drawn -->\n"


def page() -> str:
    """Return the whole page with the diagram as the table has it."""
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    assert after, f"{PAGE} has lost the marks between which the diagram is"
    return f"{before}{BEGIN}\n```mermaid\n{diagram()}```\n\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
