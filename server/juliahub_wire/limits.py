"""Numbers that both sides must agree on (protocol Appendix B and the sections named)."""

API_VERSION = "0.2.0"
"""What a server with images and projects answers as `api_version` (§2.1)."""

BUNDLE_MAX_BYTES = 2**31
"""An appbundle may hold 2 GiB (§6.1)."""

RESULTS_MAX_CHARS = 1000
"""`RESULTS` is cut here (§7.5)."""

RESULTS_MAX_BYTES = 5 * 2**30
"""A result file may be 5 GiB (§7.5)."""

LOG_PAGE_ENTRIES = 10_000
"""A log page holds at most this many records (§8.1)."""

JOB_LIST_DEFAULT = 20
"""`get_jobs` without `limit` (§7.1)."""

CLAIM_POLL_SECONDS = 5.0
"""Clients ask for the claimed token this often (§1.5)."""

ACCESS_TOKEN_SECONDS = 24 * 3600
REFRESH_TOKEN_SECONDS = 30 * 24 * 3600
"""Token lifetimes on real servers (§1.4)."""

REFRESH_EARLY_SECONDS = 600
"""Julia's Pkg refreshes when less than this remains (§1.4)."""
