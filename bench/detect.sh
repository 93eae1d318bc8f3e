#!/usr/bin/env bash
# Rules over a capture of a million events, beside sysdig reading the same file.
# Usage: bench/detect.sh [EVENTS]
#
# The stock rules of Falco are not ours to ship. With FALCO_RULES=DIRECTORY, where falco_rules.yaml,
# falco-incubating_rules.yaml and falco-sandbox_rules.yaml lie (github.com/falcosecurity/rules), they are
# timed: the 25 of the first file, and those of all three.
set -euo pipefail
cd "$(dirname "$0")/.."
source demo/lib.sh

work=target/bench
events=${1:-1000000}
mkdir -p "$work"

step "install sysdig"
install_tools sysdig

step "build farguard"
cargo build --release --locked

step "write a capture of $events events"
capture=$work/capture-$events.scap
[ -f "$capture" ] || python3 bench/capture.py "$capture" "$events"

step "read, follow, match: one after the other"
rules=()
if [ -n "${FALCO_RULES:-}" ]; then
    for name in falco_rules falco-incubating_rules falco-sandbox_rules; do
        rules+=("$FALCO_RULES/$name.yaml")
    done
fi
cargo build --release --locked -p farguard-events --example capture_bench
target/release/examples/capture_bench "$capture" "${rules[@]}"

step "beside sysdig"
python3 bench/detect.py "$capture" target/release/farguard "${rules[@]}"
