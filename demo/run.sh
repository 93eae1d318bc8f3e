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

# run COMMAND...: shows and runs a command that finds something.
run() {
  printf '    \033[2m$ farguard'
  printf ' %s' "$@"
  printf '\033[0m\n\n'
  status=0
  "$farguard" "$@" || status=$?
  echo
  [ "$status" -eq 1 ] # 1 means findings, and there are some: anything else is a failed demo
}

step "scan the build file"
run scan demo/Dockerfile

step "scan what is deployed: a task definition, the image that it names, and a policy to judge both by"
sed -e "s|REGISTRY|$registry|" -e "s|DATABASE_PASSWORD|$(head -c 18 /dev/urandom | base64)|" \
  demo/taskdef.json >"$work/taskdef.json"
run scan "$work/taskdef.json" --plain-http --policy standard \
  --output "html=$out/report.html" --output "sarif=$out/report.sarif"

step "find an attack in an hour of CloudTrail: a stolen key, a shell in a task, the task's own credentials"
run detect --trail demo/trail

step "follow the address that it came from: as whom, to what, with which alerts"
run investigate 203.0.113.77 --trail demo/trail
"$farguard" investigate 203.0.113.77 --trail demo/trail --format mermaid --output "$work/timeline.mmd" \
  || [ $? -eq 1 ]
{ echo '```mermaid'; cat "$work/timeline.mmd"; echo '```'; } >"$out/timeline.md"

cat <<END
All of them ended with exit code 1: 0 is a pass, 1 findings, 2 could not run.
Look at  $out/report.html   (open it in a browser)
         $out/report.sarif  (upload it to code scanning)
         $out/timeline.md   (a drawing; GitHub and most editors show it)

The advisories above are a small dated sample. With network access, try next:
  target/release/farguard db update                      # all of OSV, Amazon Linux, KEV, EPSS
  unset FARGUARD_DB; target/release/farguard scan debian:12
  target/release/farguard scan .                         # the lock files of a source directory
  target/release/farguard policy show standard           # a start for your own policy
  target/release/farguard detect --trail s3://YOUR-TRAIL-BUCKET --since 1d
  target/release/farguard rules list                     # what is looked for in CloudTrail
  target/release/farguard scan --help
END
