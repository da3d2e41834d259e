"""What "This computer" does not do, said beside the choice instead of by its hub when everything has been sent."""

from collections.abc import Iterator

from juliahub_ls.domain.jobs.unfit import Unfit


def not_here(*, elastic: bool, port: bool, sysimage: bool) -> Iterator[Unfit]:
    """The embedded hub comes with the daemon, so what it refuses is known (`localhub/domain/submission_rules.py`)."""
    if elastic:
        yield Unfit("elastic", "This computer starts all processes at once. Choose a fixed pool, or another server.")
    if port:
        yield Unfit("port", "This computer shows no ports of its jobs. Choose none, or another server.")
    if sysimage:
        yield Unfit("sysimage", "This computer builds no system images. Do without one, or choose another server.")
