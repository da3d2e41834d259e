#!/bin/sh
# The main job on this computer, just as a user runs it: the example with its environment, artifact and development package,
# on 2 × 2 Julia processes, its log live, its results saved. `make demo` calls it with the folder of our programs.
set -eu

cd "$(dirname "$0")/.."
programs=${1:-.venv/bin}
example=examples/monte-carlo-pi

julia=$(sh scripts/install-julia.sh)
PATH=$(dirname "$julia"):$PATH
export PATH

# The artifact goes to the user's depot, where any package's would be; without it the bundle would have nothing to bring.
"$julia" --startup-file=no "$example/make_artifacts.jl" > /dev/null

exec "$programs/juliahub" submit "$example/main.jl" --server this-computer \
    --nodes 2 --processes-per-node 2 --follow --results juliahub-results/demo
