"""The daemon and the command line: Julia environments, bundles, sign-in, jobs, logs and results, for any editor."""

from juliahub_wire import version

__version__ = version.VERSION
