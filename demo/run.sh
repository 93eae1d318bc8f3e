#!/usr/bin/env bash
# Scans a real image from a real registry, with nothing but Debian, Rust and make to start from.
set -euo pipefail
cd "$(dirname "$0")/.."
source demo/lib.sh

out=demo-out
work=target/demo
mkdir -p "$out" "$work"

step "install the tools that build and serve an image (mmdebstrap, umoci, skopeo, docker-registry)"
install_tools mmdebstrap umoci skopeo docker-registry python3-pip curl

step "build farguard"
cargo build --release --locked
farguard=$PWD/target/release/farguard

step "build an image: Debian 12, Python, and a web application that has not been updated in a while"
demo/image.sh "$work"

step "start a registry and push the image to it"
start_registry "$work/registry" "$work/registry.log"
image=$registry/shop/checkout:1.4
skopeo copy --quiet --dest-tls-verify=false "oci:$work/image:demo" "docker://$image"
echo "    pushed $image"

step "build the advisory database from the sample in this repository"
export FARGUARD_DB=$work/advisories.db FARGUARD_CACHE_DIR=$work/cache
"$farguard" db build fixtures/advisories --quiet

step "scan"
echo "    \$ farguard scan $image --plain-http --output html=$out/report.html --output sarif=$out/report.sarif"
echo
status=0
"$farguard" scan "$image" --plain-http \
  --output "html=$out/report.html" --output "sarif=$out/report.sarif" || status=$?

cat <<END

farguard exited with $status: 0 nothing at or above --fail-on, 1 findings, 2 could not run.
Look at  $out/report.html   (open it in a browser)
         $out/report.sarif  (upload it to code scanning)

The advisories above are a small dated sample. With network access, try next:
  target/release/farguard db update                      # all of OSV, Amazon Linux, KEV, EPSS
  unset FARGUARD_DB; target/release/farguard scan debian:12
  target/release/farguard scan .                         # the lock files of a source directory
  target/release/farguard scan --help
END
[ "$status" -eq 1 ] # the image has known vulnerabilities: anything else is a failed demo
