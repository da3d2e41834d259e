"""The version of the distribution that the daemon and localhub come in: `hub_state` tells it to the other side."""

VERSION = "0.1.0"
