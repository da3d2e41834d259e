"""The one place where the operating system's errors about files become ours."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from juliahub_ls.errors import DiskFull, FileUnreadable

FULL = frozenset({errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC})


@contextmanager
def translated_os_errors(path: Path, state: str) -> Iterator[None]:
    """Run file work on `path`. A full disk leaves as `DiskFull`, anything else as `FileUnreadable`."""
    try:
        yield
    except filelock.Timeout as error:
        raise FileUnreadable(path=path, reason="another program holds it") from error
    except OSError as error:
        at = Path(error.filename) if isinstance(error.filename, str) else path
        if error.errno in FULL:
            raise DiskFull(path=at, state=state) from error
        raise FileUnreadable(path=at, reason=(error.strerror or "it cannot be read").lower()) from error
