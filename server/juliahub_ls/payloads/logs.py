"""What an editor and `--json` are told of logs."""

from collections.abc import Sequence
from typing import Any

from juliahub_ls.domain.logs.digest import LogDigest
from juliahub_ls.domain.logs.line import LogLine
from juliahub_ls.domain.logs.series import Series
from juliahub_ls.encoding import encode
from juliahub_ls.services.log_window import ShownLine


def log_line(line: LogLine) -> dict[str, Any]:
    """A `LogLine`. Written out by hand: a log may have a million."""
    payload: dict[str, Any] = {"id": line.id, "message": line.message, "level": line.level, "worker": line.worker}
    if line.time is not None:
        payload["time"] = line.time
    if line.group is not None:
        payload["group"] = line.group
    if line.module is not None:
        payload["module"] = line.module
    if line.file is not None:
        payload["file"] = line.file
    if line.line is not None:
        payload["line"] = line.line
    if line.keywords:
        payload["keywords"] = encode(line.keywords)
    return payload


def shown_lines(lines: Sequence[ShownLine]) -> list[dict[str, Any]]:
    """`LogLine`s, marked where they are there for one near them."""
    return [log_line(one.line) | {"isContext": True} if one.is_context else log_line(one.line) for one in lines]


def log_summary(digest: LogDigest, whole: LogDigest, *, complete: bool) -> dict[str, Any]:
    """A `LogSummaryResult`: marks and the first error of what passes, counts of all."""
    payload: dict[str, Any] = {
        "records": whole.lines,
        "warnings": whole.warnings,
        "errors": whole.errors,
        "workers": sorted(whole.workers),
        "modules": sorted(whole.modules),
        "keywords": [
            {"name": name, "numeric": use.numbers == use.count, "count": use.count}
            for name, use in sorted(whole.keywords.items())
        ],
        "marks": [{"id": mark.id, "kind": mark.kind, "text": mark.text} for mark in digest.marks],
        "complete": complete,
    }
    if digest.first_error is not None:
        payload["firstError"] = digest.first_error
    return payload


def log_series(series: Series) -> dict[str, Any]:
    """A `LogSeries`."""
    points = []
    for point in series.points:
        points.append({"id": point.id, "step": point.step, "value": point.value})
        if point.time is not None:
            points[-1]["time"] = point.time
    return {"keyword": series.keyword, "worker": series.worker, "count": series.count, "points": points}
