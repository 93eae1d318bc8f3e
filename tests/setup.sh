#!/bin/sh
# Installs what the tests run against; quick when all of it is there.
set -eu

if [ ! -x /usr/bin/docker-registry ]; then
    apt-get update -q
    # Its service is not wanted: each test starts a registry of its own.
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends docker-registry
fi
