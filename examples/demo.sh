#!/usr/bin/env bash
# A messy downloads folder of some 300 files, put in order and back again, in .demo/: `make demo`.
set -euo pipefail
cd "$(dirname "$0")/.."
rm -rf .demo
mkdir -p .demo/Media
python examples/make_sample.py .demo/Downloads --files 300
cp reshelve/presets/plex.yaml .demo/reshelve.yaml
export SOURCE="$PWD/.demo/Downloads" INTO="$PWD/.demo/Media"
python examples/inventory.py .demo/Downloads >.demo/before.txt
cd .demo

step() {
    printf '\n$ %s\n' "$*"
    "$@"
}

step reshelve scan
step reshelve plan
step reshelve apply --yes
step reshelve log
step reshelve plan
step reshelve undo --yes
step reshelve log

cd ..
python examples/inventory.py .demo/Downloads | diff .demo/before.txt - && printf '\nEvery file is back: same names, contents, modes and times.\n'
