"""The beginning of a CSV or TSV file as a table."""

import csv
import io
from dataclasses import dataclass

LINES = 200
COLUMNS = 100
CELL_CHARACTERS = 500
DELIMITERS = ",;\t|"


@dataclass(frozen=True, slots=True)
class Table:
    """`header` is empty where the first line already has values. `columns`: of the widest line, shown or not.

    `numeric`: the columns whose values are all numbers. `ragged`: so many lines have fewer or more columns than most.
    `whole`: nothing of the text is left out.
    """

    header: list[str]
    lines: list[list[str]]
    columns: int
    numeric: list[bool]
    ragged: int
    whole: bool


def table_of(text: str, *, whole: bool, tabs: bool = False) -> Table | None:
    """The first 200 lines; None when it cannot be read so. `whole`: the text is the file, not just its beginning."""
    if not whole:
        text = text[: text.rfind("\n") + 1] or text
    try:
        rows = _read(text, "\t" if tabs else _delimiter(text))
    except csv.Error:
        return None
    more = len(rows) > LINES + 1
    has_header = bool(rows) and not any(_is_number(cell) for cell in rows[0]) and any(rows[0])
    header, lines = (rows[0], rows[1 : LINES + 1]) if has_header else ([], rows[:LINES])
    columns = max((len(row) for row in rows), default=0)
    usual = len(header) if header else _most_common([len(line) for line in lines])
    return Table(
        header=_cut(header),
        lines=[_cut(line) for line in lines],
        columns=columns,
        numeric=[_all_numbers(lines, column) for column in range(min(columns, COLUMNS))],
        ragged=sum(len(line) != usual for line in lines),
        whole=whole and not more and columns <= COLUMNS,
    )


def _read(text: str, delimiter: str) -> list[list[str]]:
    """Up to two lines more than are shown, empty ones left out."""
    rows: list[list[str]] = []
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
        if row:
            rows.append(row)
        if len(rows) > LINES + 1:
            break
    return rows


def _delimiter(text: str) -> str:
    """The one that parts the first lines most evenly, into most columns."""
    head = [line for line in text[:20_000].splitlines()[:20] if line]

    def fitness(delimiter: str) -> tuple[float, int]:
        try:
            widths = [len(row) for row in csv.reader(head, delimiter=delimiter)]
        except csv.Error:
            return 0.0, 0
        usual = _most_common(widths)
        return (widths.count(usual) / len(widths) if usual > 1 else 0.0), usual

    return max(DELIMITERS, key=fitness) if head else ","


def _most_common(numbers: list[int]) -> int:
    return max(set(numbers), key=numbers.count, default=0)


def _all_numbers(lines: list[list[str]], column: int) -> bool:
    cells = [line[column] for line in lines if column < len(line) and line[column].strip()]
    return bool(cells) and all(map(_is_number, cells))


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell


def _cut(row: list[str]) -> list[str]:
    return [cell if len(cell) <= CELL_CHARACTERS else cell[: CELL_CHARACTERS - 1] + "…" for cell in row[:COLUMNS]]
