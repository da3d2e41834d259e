"""The daemon and the command line: Julia environments, bundles, sign-in, jobs, logs and results, for any editor."""

__version__ = "0.1.0"
