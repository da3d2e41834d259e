"""Which lines of a log a user asked to see."""

import re
from dataclasses import dataclass

from .log_line import LogLine, severity


@dataclass(frozen=True, slots=True)
class LogFilter:
    """All given conditions hold. `pattern` is searched for in the message; `level` is the least one shown."""

    pattern: "re.Pattern[str] | None" = None
    level: str | None = None
    worker: int | None = None

    def keeps(self, line: LogLine) -> bool:
        """Whether the line is shown."""
        if self.level is not None and severity(line.level) < severity(self.level):
            return False
        if self.worker is not None and line.worker != self.worker:
            return False
        return self.pattern is None or self.pattern.search(line.message) is not None


def log_filter(pattern: str | None, level: str | None, worker: int | None) -> "LogFilter | str":
    """A filter, or what is wrong with the regular expression."""
    try:
        compiled = re.compile(pattern) if pattern else None
    except re.error as error:
        return str(error)
    return LogFilter(compiled, level, worker)
