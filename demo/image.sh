#!/usr/bin/env bash
# Builds the demo image as an OCI layout in DIR/image, tag `demo`, without Docker:
# a Debian base layer, a layer of Python packages, the application, and a secret that came with it.
set -euo pipefail
work=$1
[ -d "$work/image" ] && { echo "    $work/image is there already"; exit; }

release=bookworm
mirror=http://deb.debian.org/debian
mmdebstrap --quiet --variant=minbase --include=python3-minimal \
  --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/man/*' \
  "$release" "$work/base.tar" "$mirror"

# Versions with known, fixed vulnerabilities. Wheels are only downloaded and unpacked, never run.
rm -rf "$work/pip" && mkdir -p "$work/pip/usr/local/lib/python3.11/dist-packages"
python3 -m pip install --quiet --root-user-action=ignore --no-deps --no-compile --only-binary=:all: \
  --python-version 3.11 --implementation cp --abi cp311 --abi none \
  --platform "manylinux_2_28_$(uname -m)" --platform "manylinux_2_17_$(uname -m)" \
  --target "$work/pip/usr/local/lib/python3.11/dist-packages" \
  --requirement "$(dirname "$0")/requirements.txt"

rm -rf "$work/app" && mkdir -p "$work/app/srv/checkout"
cp "$(dirname "$0")/app.py" "$work/app/srv/checkout/app.py"
# A password that the next layer deletes again, as `RUN rm` does: it stays in the image. It is made up
# here, so that no file of the repository looks like a secret.
password=$(head -c 18 /dev/urandom | base64)
printf 'DB_HOST=db.internal\nDB_PASSWORD=%s\n' "$password" >"$work/app/srv/checkout/.env"

rm -rf "$work/building"
image=$work/building:demo
umoci init --layout "$work/building"
umoci new --image "$image"
umoci raw add-layer --image "$image" --history.created_by "mmdebstrap $release" "$work/base.tar"
umoci insert --image "$image" --history.created_by "RUN pip install -r requirements.txt" "$work/pip/usr" /usr
umoci insert --image "$image" --history.created_by "COPY . /srv/checkout/" "$work/app/srv" /srv
umoci insert --image "$image" --history.created_by "RUN rm /srv/checkout/.env" \
  --whiteout /srv/checkout/.env
umoci config --image "$image" --config.cmd python3 --config.cmd /srv/checkout/app.py \
  --config.label org.opencontainers.image.title=checkout \
  --config.label org.opencontainers.image.authors=checkout-team@example.com
umoci gc --layout "$work/building"
mv "$work/building" "$work/image"
