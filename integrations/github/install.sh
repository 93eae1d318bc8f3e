#!/usr/bin/env bash
# Finds or downloads farguard, and says where it is in the output `farguard`.
set -euo pipefail

if [[ -n ${FG_BINARY:-} ]]; then
    farguard=$(realpath -- "$FG_BINARY")
    [[ -x $farguard ]] || { echo "::error title=Farguard::\`$FG_BINARY\` cannot be executed"; exit 2; }
else
    case "$(uname -s)-$(uname -m)" in
        Linux-x86_64) platform=linux-amd64 ;;
        Linux-aarch64) platform=linux-arm64 ;;
        *)
            echo "::error title=Farguard::no release for $(uname -s) on $(uname -m): give \`binary\`"
            exit 2
            ;;
    esac
    releases=https://github.com/farguard/farguard/releases/download
    url=${FG_URL:-$releases/v$FG_VERSION/farguard-$platform.tar.gz}
    directory=$(mktemp -d "${RUNNER_TEMP:-/tmp}/farguard.XXXXXX")
    curl --fail --silent --show-error --location --retry 3 --output "$directory/farguard.tar.gz" "$url"
    if [[ -n ${FG_SHA256:-} ]]; then
        if ! echo "$FG_SHA256  $directory/farguard.tar.gz" | sha256sum --check --status; then
            echo "::error title=Farguard::what was downloaded has another digest than \`sha256\`"
            exit 2
        fi
    else
        echo "::notice title=Farguard::set \`sha256\` to pin the release that is downloaded"
    fi
    tar --extract --gzip --file "$directory/farguard.tar.gz" --directory "$directory" farguard
    farguard=$directory/farguard
fi

"$farguard" --version
echo "farguard=$farguard" >>"$GITHUB_OUTPUT"
