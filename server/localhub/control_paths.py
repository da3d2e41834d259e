"""The paths this project adds to the protocol, for the hub's own command line."""

STATUS_PATH = "/localhub/status"
"""GET: `{"live_jobs": n}`."""

STOP_PATH = "/localhub/stop"
"""POST, by the hub's owner: end the hub; with `?jobs=true` its live jobs too."""

CODE_PATH = "/localhub/sign_in_code"
"""POST: `{"code": …}`, a one-time code that lets sign-ins be approved as the asking user."""

ACCOUNTS_CHANGED_PATH = "/localhub/accounts_changed"
"""POST, by the hub's owner: the command line has changed accounts in the database."""
