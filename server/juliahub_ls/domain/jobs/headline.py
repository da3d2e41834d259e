"""What a list of jobs shows of a job's results: one value in its row, every value below it."""

from dataclasses import dataclass

from juliahub_ls.domain.values import cut, first_line, short_text

from .job_view import JobView


@dataclass(frozen=True, slots=True)
class ResultEntry:
    """`ResultEntry` of `docs/protocol.md`."""

    key: str
    text: str


def headline(view: JobView) -> str:
    """The summary's first entry that is one value, as `π = 3.14159`; of a text its first line. Empty without."""
    if view.summary is None:
        return cut(first_line(view.outputs))
    values = ((key, value) for key, value in view.summary.items() if not isinstance(value, (dict, list, type(None))))
    return next((f"{first_line(key)} = {short_text(value)}" for key, value in values), "")


def result_entries(view: JobView) -> list[ResultEntry]:
    """Every entry of the summary in a line; a text that is none is one entry without a value."""
    if view.summary is not None:
        return [ResultEntry(first_line(key), short_text(value)) for key, value in view.summary.items()]
    text = headline(view)
    return [ResultEntry(text, "")] if text else []
