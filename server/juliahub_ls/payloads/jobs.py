"""Jobs and the lines of their logs."""

from typing import Any

from juliahub_ls.domain.jobs.headline import headline, result_entries
from juliahub_ls.domain.jobs.job_view import JobView
from juliahub_ls.domain.jobs.notice import Notice
from juliahub_ls.domain.jobs.submission_record import SubmissionRecord
from juliahub_ls.encoding import encode
from juliahub_ls.payloads.choices import choices
from juliahub_ls.payloads.common import present, problem, uri
from juliahub_ls.services.outlook import Preflight


def job(view: JobView) -> dict[str, Any]:
    """A `Job`: the view's own fields, and what of its results a list shows."""
    payload: dict[str, Any] = encode(view) | {"results": [encode(entry) for entry in result_entries(view)]}
    told = {"script": uri(view.script) if view.script else None, "result": headline(view) or None}
    return payload | present(told)


def notice(value: Notice) -> dict[str, Any]:
    """A `JobNoticeParams`."""
    payload = {"job": job(value.job), "kind": value.kind, "message": value.message, "minutesLeft": value.minutes_left}
    return present(payload)


def submission(record: SubmissionRecord) -> dict[str, Any]:
    """A `Submission`."""
    payload: dict[str, Any] = encode(record)
    told = {key: value for key, value in payload.items() if key not in ("server", "job", "keptBack")}
    return told | {"choices": choices(record.choices)}


def preflight(value: Preflight) -> dict[str, Any]:
    """A `PreflightResult`."""
    payload = {
        "ready": value.ready,
        "problems": [problem(item) for item in value.problems],
        "bundleFiles": value.plan.file_count if value.plan else None,
        "bundleSize": value.plan.total_size if value.plan else None,
    }
    return present(payload)
