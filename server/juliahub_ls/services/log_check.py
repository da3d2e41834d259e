"""Whether a stored log is still the server's, and where to go on: told by the server's last page (protocol §8.1)."""

from collections.abc import Sequence
from dataclasses import dataclass

from juliahub_ls.services.stored_log import CHUNK_LINES, NO_NUMBER, NUMBER, StoredLog
from juliahub_wire.logs import LogRecord


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on after the record numbered `after`, whose time and id are `reference`; None: from the beginning.

    `seen`: ids that came already, of a server whose ids are no numbers. `far`: more than a page is missing. `complete`:
    nothing is missing, and nothing comes.
    """

    after: int
    reference: tuple[str, str] | None = None
    seen: Sequence[str] | None = None
    far: bool = False
    complete: bool = False


def resume_from(log: StoredLog, page: Sequence[LogRecord], *, complete: bool) -> "Resume | None":
    """How a log that is stored in part goes on, or in full if `complete`. None: the server's is another log.

    The server may have fewer records than are stored: pages lag behind the stream (§8.2). Without ids nothing can be
    compared, so such a log is read anew.
    """
    last, entry = log.read(log.count, log.count)[0], log.entry(log.count)
    records = [record for record in page if not record.meta]
    if last.event is None or entry is None or (not records and page and page[0].is_top):
        return None
    timed = (line for line in reversed(log.read(log.count - CHUNK_LINES, log.count)) if line.time is not None)
    reference = next(((str(line.time), line.event or "") for line in timed), ("0", last.event))
    ended = complete and (not page or page[-1].is_bottom)
    if entry[NUMBER] != NO_NUMBER:
        return _numbered(log, records, Resume(entry[NUMBER], reference), ended=ended)
    ids = [record.event_id or "" for record in records]
    if last.event not in ids:
        return None
    known = ids[: ids.index(last.event) + 1]
    return Resume(log.count, reference, known, complete=ended and len(known) == len(ids))


def _numbered(log: StoredLog, records: Sequence[LogRecord], resume: Resume, *, ended: bool) -> "Resume | None":
    numbers = [int(record.event_id) for record in records if record.event_id and record.event_id.isdecimal()]
    if len(numbers) < len(records):
        return None
    if not numbers:
        return resume
    stored = {line.event: line.message for line in log.read(log.count - len(records) + 1, log.count)}
    overlap = [record for record in records if int(record.event_id or 0) <= resume.after]
    if any(stored.get(record.event_id, record.message) != record.message for record in overlap):
        return None
    if ended and numbers[-1] == resume.after:
        return Resume(resume.after, resume.reference, complete=True)
    return Resume(resume.after, resume.reference, far=numbers[0] > resume.after + 1)
