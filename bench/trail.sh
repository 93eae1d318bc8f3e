#!/usr/bin/env bash
# What a million CloudTrail records cost: only inflating, finding them, four fields of each, all rules,
# and `farguard detect` from start to end.
# Usage: bench/trail.sh [DIRECTORY [RULES...]]   ratios are of CPU, to inflating with libdeflate
set -euo pipefail
cd "$(dirname "$0")/.."
data=${1:-target/bench/trail}
shift || true
rules=("$@")
[ ${#rules[@]} -gt 0 ] || rules=(content/rules/cloudtrail/*.yaml)
[ -d "$data" ] || python3 bench/trail.py "$data" 1000000
cargo build --release --locked
cargo build --release --locked -p farguard-trail --example trail_bench
python3 bench/measure_trail.py target/release/examples/trail_bench target/release/farguard "$data" "${rules[@]}"
