#!/usr/bin/env bash
# Installs a real VS Code workbench that a browser shows (code-server, from npm) for `make code` and the editor tests.
# usage: vscode-host-install.sh [--with-browser]      prints the folder it is in; does nothing when it is there already
# About 40 seconds, 330 MB; Chromium (only with --with-browser, for the tests) 630 MB more. Needs Node 20, ripgrep and a C++ compiler;
# on Debian as root what is missing is installed.
set -euo pipefail

VERSION=4.100.3
HOST=${XDG_CACHE_HOME:-$HOME/.cache}/juliahub-ls/vscode-host-$VERSION
CODE=$HOST/node_modules/code-server
VSCODE=$CODE/lib/vscode
NATIVE=(@vscode/spdlog native-watchdog node-pty)

say() { echo "$*" >&2; }

main() {
  require_programs "$@"
  if [ ! -f "$HOST/.complete" ]; then
    mkdir -p "$HOST"
    exec 9>"$HOST/.lock"
    if command -v flock >/dev/null; then flock 9; fi
    [ -f "$HOST/.complete" ] || install_host
    touch "$HOST/.complete"
  fi
  echo "$HOST"
}

require_programs() {
  local packages=()
  command -v rg >/dev/null || packages+=(ripgrep)
  if [ ! -f "$HOST/.complete" ]; then
    { command -v make && command -v c++; } >/dev/null || packages+=(build-essential)
  fi
  if [ "${1:-}" = --with-browser ] && ! browser >/dev/null; then packages+=(chromium); fi
  [ ${#packages[@]} -eq 0 ] && return
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "installing ${packages[*]} …"
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${packages[@]}"; } >&2
  else
    say "A VS Code in the browser needs these packages, which are not installed: ${packages[*]}. Install them and try again."
    exit 1
  fi
}

browser() { command -v chromium || command -v chromium-browser || command -v google-chrome; }

install_host() {
  say "installing VS Code for the browser (code-server $VERSION), once …"
  cd "$HOST"
  [ -f package.json ] || echo '{"name":"vscode-host","private":true}' > package.json
  # Without scripts: code-server's own ones download programs from hosts other than npm's registry.
  [ -f "$CODE/package.json" ] || npm install --no-save --ignore-scripts "code-server@$VERSION" >&2
  local argon=$HOST/node_modules/argon2
  built "$argon" || gyp "$argon" --module_name=argon2 --napi_build_version=3 \
    --module_path="$argon/lib/binding/napi-v3" --module="$argon/lib/binding/napi-v3/argon2.node"
  cd "$VSCODE"
  [ -d node_modules/@vscode ] || npm install --omit=dev --ignore-scripts >&2
  local module
  for module in "${NATIVE[@]}"; do built "node_modules/$module" || gyp "node_modules/$module"; done
  mkdir -p node_modules/@vscode/ripgrep/bin
  install -m755 "$(command -v rg)" node_modules/@vscode/ripgrep/bin/rg
  ln -sfn node_modules node_modules.asar
  ln -sf "code-$(platform).sh" bin/remote-cli/code-server
  ln -sf "browser-$(platform).sh" bin/helpers/browser.sh
  cd extensions
  [ -d node_modules ] || { npm install --omit=dev --ignore-scripts >&2 && node ./postinstall.mjs >&2; }
}

platform() { [ "$(uname)" = Darwin ] && echo darwin || echo linux; }

built() { [ -n "$(find "$1" -name '*.node' -not -path '*/obj.target/*' -print -quit 2>/dev/null)" ]; }

# Compiles a native module of Node's, with the headers that came with Node where there are any.
gyp() {
  local program headers=()
  program=$(npm root -g)/npm/node_modules/node-gyp/bin/node-gyp.js
  [ -f "$program" ] || program=$(dirname "$(readlink -f "$(command -v npm)")")/../node_modules/node-gyp/bin/node-gyp.js
  [ -d /usr/include/node ] && headers=(--nodedir=/usr)
  ( cd "$1" && shift && node "$program" rebuild "${headers[@]}" "$@" ) >&2
}

main "$@"
