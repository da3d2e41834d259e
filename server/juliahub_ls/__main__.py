"""`juliahub-ls`: the daemon on standard input and output, or on a loopback port for debugging."""

import argparse
import gc
import logging
import sys

from juliahub_ls.log_setup import set_up_logging

SWITCH_SECONDS = 0.0005
"""How long a thread that plans or reads may keep a request waiting. Python's own 5 ms add up over a request's steps."""


def main(arguments: list[str] | None = None) -> None:
    """Serve one editor until it leaves; 1 when it left without a word (LSP, `exit`)."""
    parser = argparse.ArgumentParser(
        prog="juliahub-ls", description="A language server that runs Julia code on JuliaHub."
    )
    parser.add_argument("--tcp", metavar="PORT", type=int, help="serve on this loopback port instead, for debugging")
    parser.add_argument("--stdio", action="store_true", help="serve on standard input and output (the default)")
    parser.add_argument("--log-level", default="warning", choices=["debug", "info", "warning", "error"])
    options = parser.parse_args(arguments)
    set_up_logging(getattr(logging, options.log_level.upper()))
    logging.getLogger("pygls").setLevel(logging.ERROR)  # it logs whole messages
    logging.getLogger("pygls.protocol.json_rpc").addFilter(_is_a_fault)

    gc.disable()  # what is loaded at start-up stays, so looking for garbage in it only takes time; see `start_up`
    from juliahub_ls.lsp.server import JuliaHubServer

    sys.setswitchinterval(SWITCH_SECONDS)
    server = JuliaHubServer()
    if options.tcp is not None:
        server.start_tcp("127.0.0.1", options.tcp)
    else:
        server.start_io()
    sys.exit(0 if server.shut_down else 1)


def _is_a_fault(record: logging.LogRecord) -> bool:
    """Whether the record is worth keeping: an error that a request answers with is no fault of the daemon's."""
    from pygls.exceptions import JsonRpcException

    return record.exc_info is None or not isinstance(record.exc_info[1], JsonRpcException)


if __name__ == "__main__":
    main()
