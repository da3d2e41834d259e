"""The daemon and the command line: Julia environments, bundles, sign-in, jobs, logs and results, for any editor."""

from juliahub_wire.version import VERSION as __version__

__all__ = ["__version__"]
