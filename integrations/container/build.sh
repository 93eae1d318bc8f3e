#!/usr/bin/env bash
# Makes the image of the Dockerfile beside this script from a binary, without a daemon, as an OCI
# layout: build.sh BINARY LAYOUT[:TAG]. Needs umoci.
set -euo pipefail

binary=$(realpath -- "${1:?usage: build.sh BINARY LAYOUT[:TAG]}")
image=${2:?usage: build.sh BINARY LAYOUT[:TAG]}
[[ ${image##*/} == *:* ]] || image=$image:latest
layout=${image%:*}

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root/usr/bin" "$root/home/farguard"
install -m 0755 "$binary" "$root/usr/bin/farguard"
# One layer with fixed times and owners: the same binary gives the same layer.
tar --create --file "$root/layer.tar" --directory "$root" --sort=name --mtime=@0 \
    --owner=65532 --group=65532 --numeric-owner home usr

[[ -d $layout ]] || umoci init --layout "$layout"
umoci new --image "$image"
umoci raw add-layer --image "$image" --history.created_by "COPY /out/ /" "$root/layer.tar"
umoci config --image "$image" \
    --config.user 65532:65532 \
    --config.workingdir /home/farguard \
    --config.env HOME=/home/farguard \
    --config.entrypoint /usr/bin/farguard \
    --config.label org.opencontainers.image.title=farguard \
    --config.label org.opencontainers.image.source=https://github.com/farguard/farguard \
    --config.label org.opencontainers.image.licenses=Apache-2.0
umoci gc --layout "$layout"
echo "$image"
