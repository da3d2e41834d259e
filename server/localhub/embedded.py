"""`python -m localhub.embedded SETTINGS`: the process behind `localhub start`, its settings as JSON."""

import sys

from .hub_process import run
from .settings import SETTINGS, CannotServe


def main() -> int:
    """Serve until asked to end; what keeps it from starting is the last line on stderr."""
    try:
        run(SETTINGS.validate_json(sys.argv[1]))
    except CannotServe as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
