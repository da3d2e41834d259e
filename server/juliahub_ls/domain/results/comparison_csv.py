"""A comparison as CSV (RFC 4180) that no spreadsheet takes for formulas."""

import csv
import io
import re
from collections.abc import Sequence

from juliahub_ls.domain.results.comparison import Section

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_AFTER_ANOTHER_SEPARATOR = re.compile(r"(?<=[;\t\r\n])(?=[=+\-@])")


def to_csv(headers: Sequence[str], sections: Sequence[Section]) -> str:
    """A header, then a line for each row. Numbers have all their digits and no unit."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(["Section", "Name", *map(safe, headers)])
    for section in sections:
        for row in section.rows:
            cells = (cell.whole if cell.kind == "number" else safe(cell.whole) for cell in row.cells)
            writer.writerow([section.title, safe(row.label), *cells])
    return text.getvalue()


def safe(cell: str) -> str:
    """The cell, with an apostrophe where a spreadsheet would take it for a formula. Numbers stay numbers.

    Where semicolons part cells, as in much of Europe, a formula can also begin after one.
    """
    if not cell.startswith(FORMULA_SIGNS):
        return _AFTER_ANOTHER_SEPARATOR.sub("'", cell)
    try:
        float(cell)
    except ValueError:
        return "'" + _AFTER_ANOTHER_SEPARATOR.sub("'", cell)
    return cell
