#!/usr/bin/env bash
# Fuzzes every target, or those named, and fails when one of them crashes, hangs or eats memory.
#
#   fuzz/run.sh [SECONDS] [TARGET...]      60 seconds each by default
#   JOBS=2 fuzz/run.sh 90 jar layer        two at a time
#
# What a target starts from is `seeds/TARGET`; what it learns stays in `corpus/TARGET`.
set -euo pipefail
cd "$(dirname "$0")"

seconds=${1:-60}
targets=("${@:2}")
((${#targets[@]})) || mapfile -t targets < <(basename -s .rs fuzz_targets/*.rs)

# None of our code is unsafe: debug assertions and overflow checks find more than a sanitizer.
cargo +nightly fuzz build --dev --sanitizer none
binaries=target/$(rustc +nightly -vV | sed -n 's/^host: //p')/debug

# Fixtures that are too good to be copied.
mkdir -p corpus/{capture_reader,epss_csv,osv_record,policy}
cp ../fixtures/captures/*.scap.gz corpus/capture_reader/
cp ../content/policies/*.yaml corpus/policy/
cp ../fixtures/advisories/epss.csv corpus/epss_csv/
for file in ../fixtures/advisories/osv/*.jsonl; do
    head -n 1 "$file" > "corpus/osv_record/$(basename "$file")"
done

# The RPM databases are kept compressed, beside the tests that share them.
unpack() {
    mkdir -p "corpus/$2"
    zstd -qdf "../fixtures/rpm/$1.zst" -o "corpus/$2/$1"
}
if command -v zstd > /dev/null; then
    unpack rpmdb.sqlite rpm_sqlite
    unpack rpmdb-512.sqlite rpm_sqlite
    unpack Packages-le rpm_bdb
    unpack Packages-be rpm_bdb
else
    echo 'zstd is not installed: rpm_bdb and rpm_sqlite start from nothing' >&2
fi

fuzz() {
    local target=$1 log=target/$1.log max_len=16384
    case $target in rpm_*) max_len=262144 ;; version_*) max_len=128 ;; esac
    mkdir -p "artifacts/$target" "corpus/$target" "seeds/$target"
    if "$binaries/$target" "corpus/$target" "seeds/$target" -artifact_prefix="artifacts/$target/" \
        -max_total_time="$seconds" -max_len="$max_len" -rss_limit_mb=1024 -timeout=10 \
        -print_final_stats=1 > "$log" 2>&1; then
        echo "ok      $target: $(awk '/number_of_executed_units/ { print $2 }' "$log") runs"
    else
        echo "FAILED  $target: fuzz/$log"
        return 1
    fi
}

failed=0
for target in "${targets[@]}"; do
    while (($(jobs -rp | wc -l) >= ${JOBS:-1})); do wait -n || failed=1; done
    fuzz "$target" &
done
while (($(jobs -p | wc -l))); do wait -n || failed=1; done
exit "$failed"
