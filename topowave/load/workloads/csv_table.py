"""A workload as a table (CSV, RFC 4180): the first line names the columns, each further one is a task.

`time` and `duration` (s) must be there; `category`, `priority`, `node`, `weight` and `deadline` (s after the
arrival) may, in any order. An empty field is the usual: no category, medium, any node, 1, no deadline.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from topowave.load.limits import MOST_TASKS
from topowave.load.workloads.csv_columns import EXPECTED, READERS
from topowave.load.workloads.log_lines import Progress, lines_of, no_progress
from topowave.load.workloads.ordering import in_order
from topowave.load.workloads.workload import Workload
from topowave.topology.problems import TOP, ProblemList, Problems, did_you_mean, shown

COLUMNS = {
    "time": "times",
    "duration": "durations",
    "category": "categories",
    "priority": "priorities",
    "node": "nodes",
    "weight": "weights",
    "deadline": "deadlines",
}
"""Of a table, and what they are called in a workload."""
NEEDED = ("time", "duration")
BATCH = 300
"""Lines that are converted together: as many as stay in a processor's cache."""
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read_csv(path: Path, progress: Progress = no_progress) -> Workload:
    """Read a table.

    Args:
        path: the file, gzipped or not.
        progress: is told how far reading is.

    Raises:
        Problems: a sentence for every bad line, with its number, up to a limit.
    """
    problems = ProblemList(str(path))
    rows = csv.reader(_texts(path, progress), strict=True)
    table: _Table | None = None
    try:
        table = _Table(_header(next(rows, list[str]()), problems), problems)
        for row in rows:
            if row:
                table.add(rows.line_num, row)
        table.convert()
    except csv.Error as error:
        problems.add_text(TOP, f"line {rows.line_num}: is no line of a table: {error}")
    problems.raise_if_any()
    if not table:
        raise problems.refusal("there is no task in it")
    return in_order(Workload(**table.columns, name=_name(path), source=str(path)))


class _Table:
    """What was read of a table. Rows are converted a batch at a time, each column by one call.

    That takes half of the time. Where it fails, the rows of the batch are looked at one by one.
    """

    def __init__(self, names: list[str], problems: ProblemList) -> None:
        self._names = names
        self._problems = problems
        self._rows: list[list[str]] = []
        self._numbers: list[int] = []
        self.columns: dict[str, Any] = {COLUMNS[name]: [] for name in names}

    def __len__(self) -> int:
        return len(self.columns[COLUMNS[self._names[0]]])

    def add(self, number: int, row: list[str]) -> None:
        """Take the fields of a line."""
        self._rows.append(row)
        self._numbers.append(number)
        if len(self._rows) == BATCH:
            self.convert()

    def convert(self) -> None:
        """Make values of what was taken since the last time; add what is wrong with it to the problems."""
        rows, numbers = self._rows, self._numbers
        self._rows, self._numbers = [], []
        if not rows:
            return
        if len(self) + len(rows) > MOST_TASKS:
            raise self._problems.refusal(f"has more than {MOST_TASKS:,} tasks")
        try:
            cells = zip(*rows, strict=True)
            values = [READERS[name](column) for name, column in zip(self._names, cells, strict=True)]
        except ValueError:
            for number, row in zip(numbers, rows, strict=True):
                self._tell(number, row)
            return
        for name, column in zip(self._names, values, strict=True):
            self.columns[COLUMNS[name]] += column

    def _tell(self, number: int, row: list[str]) -> None:
        """Add what is wrong with a line, a sentence for every field."""
        width = len(self._names)
        if len(row) != width:
            names = ",".join(self._names)
            self._problems.add_text(TOP, f"line {number}: has {len(row)} fields; expected {width}: {names}")
            return
        for name, cell in zip(self._names, row, strict=True):
            try:
                READERS[name]([cell])
            except ValueError:
                self._problems.add_text(TOP, f"line {number}: {name}: {shown(cell)}: {EXPECTED[name]}")


def csv_text(workload: Workload) -> Iterator[str]:
    """Yield a workload as a table, in parts; read back it is the same to the last bit."""
    columns = workload.columns()
    names = [name for name, column in COLUMNS.items() if column in columns]
    written = [_written(columns[COLUMNS[name]]) for name in names]
    part = io.StringIO()
    writer = csv.writer(part, lineterminator="\n")
    writer.writerow(names)
    for begin in range(0, len(workload), BATCH):
        writer.writerows(zip(*(column(begin, begin + BATCH) for column in written), strict=True))
        yield part.getvalue()
        part.seek(0)
        part.truncate()
    if part.tell():
        yield part.getvalue()


def _written(column: Sequence[Any]) -> Callable[[int, int], list[Any]]:
    def cells(begin: int, end: int) -> list[Any]:
        return ["" if each == math.inf else each for each in column[begin:end]]

    return cells


def _name(path: Path) -> str:
    return path.name.removesuffix(".gz").removesuffix(".csv")


def _texts(path: Path, progress: Progress) -> Iterator[str]:
    for number, line in enumerate(lines_of(path, progress), start=1):
        data = line.removeprefix(BYTE_ORDER_MARK) if number == 1 else line
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            place = f"byte 0x{data[error.start]:02x} at column {error.start + 1}"
            raise Problems([f"{path}: line {number}: not UTF-8: {place}"]) from None
        yield text.removesuffix("\r") + "\n"


def _header(row: list[str], problems: ProblemList) -> list[str]:
    """Return the columns of a table. Raises Problems: without them no line can be read."""
    names = [cell.strip().lower() for cell in row]
    if not any(names):
        raise problems.refusal(f"line 1: expected the names of the columns: {','.join(COLUMNS)}")
    for name in dict.fromkeys(names):
        if name not in COLUMNS:
            problems.add_text(
                TOP, f"line 1: there is no column {shown(name)}{did_you_mean(name, COLUMNS)}; "
                f"there are {', '.join(COLUMNS)}"
            )  # fmt: skip
        elif names.count(name) > 1:
            problems.add_text(TOP, f"line 1: the column {shown(name)} is there twice")
    for name in NEEDED:
        if name not in names:
            problems.add_text(TOP, f"line 1: the column {shown(name)} is missing")
    problems.raise_if_any()
    return names
