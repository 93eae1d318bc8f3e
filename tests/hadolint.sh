#!/bin/sh
# Compares build file rules with hadolint on the Dockerfiles that Debian packages ship: prints how
# many places agree and every one that does not. Needs apt, dpkg-deb and tests/setup.sh.
set -eu

cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/files"

packages='
buildah docker.io golang-github-containers-buildah-dev golang-github-docker-docker-dev
golang-github-fsouza-go-dockerclient-dev golang-github-openshift-imagebuilder-dev podman
python3-docker vagrant
'
for package in $packages; do
    (cd "$work" && apt-get download -q "$package" >/dev/null 2>&1) ||
        echo "tests/hadolint.sh: cannot download $package" >&2
done
for archive in "$work"/*.deb; do
    dpkg-deb -x "$archive" "$archive.d"
done

count=0
find "$work" -type f -size -100k \
    \( -iname 'Dockerfile*' -o -iname '*.dockerfile' -o -iname 'Containerfile*' \) |
    sort >"$work/list"
while read -r file; do
    case $file in
    *.go | *.gz | *.md | *.py | *.rb) continue ;;
    esac
    count=$((count + 1))
    cp "$file" "$work/files/$(basename "$(dirname "$file")")-$count.Dockerfile"
done <"$work/list"

HADOLINT_FILES=$work/files cargo test --quiet -p farguard-buildfile --test hadolint -- \
    --nocapture other_files
