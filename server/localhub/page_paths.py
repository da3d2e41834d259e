"""The paths of this hub's own pages; those that the protocol names are in `juliahub_wire.paths`."""

HOME = "/"
LOGIN = "/login"
LOGOUT = "/logout"
ACCOUNT = "/account"
REVOKE = "/account/revoke"
