#!/bin/sh
# Finds Julia, or installs one where that can be done without asking. The last line of standard output is the path of `julia`;
# what else there is to say goes to standard error. Exits with 1, and one sentence, when there is none.
#
# Looked for, in this order: PATH, then juliaup's usual places. On Debian, as root, Julia is installed from Debian's own archive.
set -eu

find_julia() {
    command -v julia && return
    for candidate in "$HOME/.juliaup/bin/julia" "$HOME/.julia/juliaup/bin/julia" "${JULIAUP_DEPOT_PATH:-$HOME/.julia}"/juliaup/julia-*/bin/julia; do
        [ -x "$candidate" ] && printf '%s\n' "$candidate" && return
    done
    return 1
}

is_debian_root() {
    [ "$(id -u)" -eq 0 ] && command -v apt-get > /dev/null && [ "$(. /etc/os-release && printf '%s' "${ID:-}")" = debian ]
}

# The URI of the Debian archive that this machine is set up to use, whatever mirror that is.
debian_archive() {
    apt-get indextargets --format '$(REPO_URI)' | sed -n '\#/debian/*$#{p;q;}'
}

# Debian left Julia out after 11 (bullseye), whose package still runs on later ones, given the libunwind it was built with: with a
# newer one every stack trace, and so every remote call of Distributed, ends in a crash. Nothing else of bullseye is preferred.
install_on_debian() {
    apt-get update -qq
    archive=$(debian_archive)
    if [ -z "$archive" ]; then
        echo "apt has no Debian archive among its sources, so Julia cannot be installed from it." >&2
        return 1
    fi
    echo "Installing Julia from Debian's archive (bullseye)" >&2
    printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s bullseye main\n' "$archive" \
        > /etc/apt/sources.list.d/bullseye.list
    printf 'Package: *\nPin: release n=bullseye\nPin-Priority: 100\n' > /etc/apt/preferences.d/bullseye
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends --allow-downgrades \
        julia libunwind8/bullseye
}

works() {
    "$1" --startup-file=no -e 'exit(VERSION >= v"1.5" ? 0 : 1)' > /dev/null 2>&1
}

if ! julia=$(find_julia) && is_debian_root; then
    install_on_debian >&2 || true
    julia=$(find_julia) || true
fi
if [ -z "$julia" ]; then
    echo "There is no Julia on this computer. Install it with juliaup from https://julialang.org/downloads and try again." >&2
    exit 1
fi
if ! works "$julia"; then
    echo "$julia does not start, or is older than 1.5. Install a newer Julia from https://julialang.org/downloads." >&2
    exit 1
fi
printf '%s\n' "$julia"
