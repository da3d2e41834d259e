#!/bin/sh
# Opens the example in a real VS Code in the browser, with the extension as users get it. Ctrl-C ends all of it.
# Environment: VENV or PYTHON, the Python to package with (python3); PORT (a free one).
set -eu

ROOT=$(cd "$(dirname "$0")/.." && pwd)
PYTHON=${PYTHON:-${VENV:+$VENV/bin/}python3}
EXTENSION=$ROOT/vscode-extension
BUNDLED=$EXTENSION/bundled/$(node -p '`${process.platform}-${process.arch}`')/bundled
EXAMPLE=$ROOT/examples/monte-carlo-pi
RUN=$(mktemp -d "${TMPDIR:-/tmp}/juliahub-code.XXXXXX")
PORT=${PORT:-$("$PYTHON" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')}
HOST=
HUB_WAS_RUNNING=unknown

main() {
  trap stop EXIT
  trap 'exit 130' INT TERM
  [ -d "$EXTENSION/node_modules" ] || (cd "$EXTENSION" && npm ci --silent)
  "$ROOT/scripts/vscode-host-install.sh" > /dev/null
  echo "packaging the extension …"
  (cd "$EXTENSION" && PYTHON=$PYTHON VSIX=$RUN/juliahub-ls.vsix npm run --silent package) > "$RUN/package.log" 2>&1 ||
    { cat "$RUN/package.log"; exit 1; }
  if localhub status > /dev/null 2>&1; then HUB_WAS_RUNNING=yes; else HUB_WAS_RUNNING=no; fi

  VSCODE_HOST_HOME=users "$ROOT/scripts/vscode-host-start.sh" "$RUN" "$PORT" "$RUN/juliahub-ls.vsix" &
  HOST=$!
  until curl -sf "http://127.0.0.1:$PORT/healthz" > /dev/null; do
    kill -0 "$HOST" 2> /dev/null || { cat "$RUN"/*.log; exit 1; }
    sleep 0.2
  done
  echo
  echo "  http://127.0.0.1:$PORT/?folder=$EXAMPLE"
  echo
  echo "Open it in a browser, then main.jl, then press ▶ Run on JuliaHub over its first line. Ctrl-C here ends it."
  wait "$HOST"
}

# The host with its daemons; the hub and its jobs only when they were not there before.
stop() {
  trap - EXIT
  trap '' INT TERM # a second Ctrl-C must not leave half of it behind
  if [ -n "$HOST" ]; then kill "$HOST" 2> /dev/null || true; wait "$HOST" 2> /dev/null || true; fi
  if [ "$HUB_WAS_RUNNING" = no ]; then localhub stop --jobs > /dev/null 2>&1 || true; fi
  rm -rf "$RUN"
}

localhub() {
  PYTHONPATH=$BUNDLED/server:$BUNDLED/libs "$PYTHON" -m localhub "$@"
}

main
