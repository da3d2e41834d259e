#!/usr/bin/env bash
# Starts a VS Code in the browser at http://127.0.0.1:PORT, with one extension and a profile of its own.
# usage: vscode-host-start.sh RUN PORT VSIX [SETTINGS]
#   RUN       a new, absolute and short folder (it holds a Unix socket) for the profile, home and logs of this run
#   VSIX      the extension to install, unless RUN/extensions has it from another run
#   SETTINGS  a JSON file with an object laid over the settings below
# Environment: VSCODE_HOST_TRUST=ask (folders are not trusted before the user says so); VSCODE_HOST_ENVIRONMENT=bare (PATH and HOME alone);
# VSCODE_HOST_HOME=users (the user's own home).
# Stays in the foreground: its process id is the host's, TERM ends it with its children.
set -euo pipefail

RUN=$1 PORT=$2 VSIX=$3 SETTINGS=${4:-}
HERE=$(cd "$(dirname "$0")" && pwd)
SERVER=$("$HERE/vscode-host-install.sh")/node_modules/code-server/out/node/entry.js

mkdir -p "$RUN/home" "$RUN/data/User" "$RUN/data/Machine" "$RUN/extensions"
: > "$RUN/config.yaml"
RUN=$RUN SETTINGS=$SETTINGS node - <<'JS'
const fs = require("node:fs");
const settings = {
  "telemetry.telemetryLevel": "off", "update.mode": "none", "extensions.autoUpdate": false, "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true, "workbench.startupEditor": "none", "workbench.enableExperiments": false,
  "workbench.tips.enabled": false, "chat.commandCenter.enabled": false, "git.autofetch": false, "git.openRepositoryInParentFolders": "never",
  "npm.fetchOnlinePackageInfo": false, "json.schemaDownload.enable": false, "typescript.disableAutomaticTypeAcquisition": true,
  "files.simpleDialog.enable": true, "security.workspace.trust.enabled": process.env.VSCODE_HOST_TRUST === "ask",
};
const more = process.env.SETTINGS === "" ? {} : JSON.parse(fs.readFileSync(process.env.SETTINGS, "utf8"));
const text = JSON.stringify({ ...settings, ...more }, null, 2);
for (const scope of ["User", "Machine"]) fs.writeFileSync(`${process.env.RUN}/data/${scope}/settings.json`, text);
JS

# A home of its own keeps this run's jobs and tokens apart from the user's, unless the caller wants those.
if [ "${VSCODE_HOST_HOME:-own}" = own ]; then
  export HOME=$RUN/home
  unset XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME XDG_STATE_HOME XDG_RUNTIME_DIR
fi
unset VSCODE_IPC_HOOK_CLI
export EXTENSIONS_GALLERY='{}' # looks nothing up

PROFILE=(--config "$RUN/config.yaml" --user-data-dir "$RUN/data" --extensions-dir "$RUN/extensions")
TRUST=(--disable-workspace-trust)
if [ "${VSCODE_HOST_TRUST:-}" = ask ]; then TRUST=(); fi
if [ ! -f "$RUN/extensions/extensions.json" ]; then
  node "$SERVER" "${PROFILE[@]}" --install-extension "$VSIX" --force > "$RUN/install.log" 2>&1
fi
BARE=()
if [ "${VSCODE_HOST_ENVIRONMENT:-}" = bare ]; then BARE=(env -i "PATH=$PATH" "HOME=$HOME" "EXTENSIONS_GALLERY=$EXTENSIONS_GALLERY"); fi
exec ${BARE[@]+"${BARE[@]}"} node "$SERVER" "${PROFILE[@]}" ${TRUST[@]+"${TRUST[@]}"} --bind-addr "127.0.0.1:$PORT" --auth none --disable-telemetry \
  --disable-update-check --disable-getting-started-override --disable-proxy --ignore-last-opened > "$RUN/server.log" 2>&1
