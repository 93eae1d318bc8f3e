#!/usr/bin/env bash
# Scans, annotates, and writes SARIF, JSON and the summary of the step.
set -euo pipefail

# Lines of a text as an array, without blanks and empty lines.
lines() {
    local -n into=$1
    mapfile -t into < <(sed -e 's/^[[:space:]]*//' -e 's/[[:space:]]*$//' -e '/^$/d' <<<"$2")
}

lines targets "$FG_TARGET"
lines further "$FG_ARGS"
if ((${#targets[@]} == 0)); then
    echo "::error title=Farguard::\`target\` names nothing to scan"
    exit 2
fi

flags=(--format github --output "sarif=$FG_SARIF" --output "json=$FG_REPORT")
flags+=(--output "markdown=$GITHUB_STEP_SUMMARY")
if [[ -n $FG_POLICY ]]; then
    flags+=(--policy "$FG_POLICY" --workflow "$FG_WORKFLOW")
else
    flags+=(--fail-on "$FG_FAIL_ON")
fi
if [[ -n $FG_SCANNERS ]]; then
    flags+=(--scanners "$FG_SCANNERS")
fi

# Without vulnerabilities to look for, no advisories are needed.
if [[ $FG_UPDATE == true && ,${FG_SCANNERS:-vulnerabilities}, == *,vulnerabilities,* ]]; then
    "$FG_FARGUARD" db update
fi

code=0
"$FG_FARGUARD" scan "${flags[@]}" "${further[@]}" -- "${targets[@]}" || code=$?

case $code in
    0) verdict=pass ;;
    1) verdict=fail ;;
    *) verdict=unknown ;;
esac
{
    echo "verdict=$verdict"
    echo "exit-code=$code"
    echo "sarif=$FG_SARIF"
    echo "report=$FG_REPORT"
} >>"$GITHUB_OUTPUT"

if [[ $FG_ENFORCE == false && $code == 1 ]]; then
    echo "::warning title=Farguard::the verdict is fail; \`enforce: false\` lets it go on"
    exit 0
fi
exit "$code"
