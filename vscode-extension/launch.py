"""Starts the daemon with the libraries that this extension carries, for the Python that runs this file.

The programs that the daemon starts (`python -m localhub …`) find the same libraries through `PYTHONPATH`. What the user
has in it is kept in `JULIAHUB_LS_USER_PYTHONPATH`, so that whoever starts the user's own code can give it back.
"""

import json
import os
import sys
from pathlib import Path


def main() -> None:
    bundled = Path(__file__).resolve().parent / "bundled"
    minors = json.loads((bundled / "manifest.json").read_text(encoding="utf-8"))["pythonMinors"]
    if sys.version_info[0] != 3 or sys.version_info[1] not in minors:
        versions = ", ".join(f"3.{minor}" for minor in minors)
        sys.exit(f"This extension carries libraries for Python {versions}; this is {sys.version.split()[0]}.")
    folders = [str(bundled / "server"), str(bundled / "libs")]
    sys.path[:0] = folders
    os.environ.setdefault("JULIAHUB_LS_USER_PYTHONPATH", os.environ.get("PYTHONPATH", ""))
    os.environ["PYTHONPATH"] = os.pathsep.join(folders)

    from juliahub_ls.__main__ import main as serve

    serve()


if __name__ == "__main__":
    main()
