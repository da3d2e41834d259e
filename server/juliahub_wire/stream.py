"""The log stream's query (protocol §8.2) and this project's one addition to it."""

from .model import WireModel


class StreamQuery(WireModel):
    """`GET /ws/stream_logs`: `offset` = records *after* this event id; absent: from the present end only (§8.2).

    `log_batch` is ours: a server that knows it may send an array of records in one frame. JuliaHub ignores the
    parameter and sends one object a frame, so a client reads both.
    """

    jobname: str
    refresh_interval: int = 1
    log_out_type: str = "json"
    offset: int | None = None
    log_batch: bool | None = None
