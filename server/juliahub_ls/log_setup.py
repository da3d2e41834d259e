"""Where our own log goes, and what is never in it: tokens, codes, signatures.

Libraries log whole requests, headers included, below `warning`; they are not let through. What comes is looked through
once more, traces as well.
"""

import logging
import re
import sys
import traceback

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"
_SECRET = re.compile(
    r"(?i)(?P<bearer>bearer\s+)[^\s'\"]+"
    r"|eyJ[\w-]+\.[\w-]+(\.[\w-]*)?"
    r"|(?P<key>(?:signature|x-amz-[\w-]+|[\w-]*token|[\w-]*code|secret|password)(?:['\"]?\s*[=:]\s*['\"]?))[^\s&'\",;}]+"
)


def set_up_logging(level: int) -> None:
    """Log to standard error: ours from `level` on, others' warnings."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Redacting(FORMAT))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    for name in ("juliahub_ls", "juliahub_wire", "__main__"):
        logging.getLogger(name).setLevel(level)


def print_trace(error: BaseException) -> None:
    """The trace of an error on standard error."""
    sys.stderr.write(redacted("".join(traceback.format_exception(error))))


def redacted(text: str) -> str:
    """The text without what looks like a secret."""
    return _SECRET.sub(lambda match: f"{match['bearer'] or match['key'] or ''}*****", text)


class _Redacting(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))
