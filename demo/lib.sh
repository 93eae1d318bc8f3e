# Shell functions that the demo and the benchmarks share. Sourced, not run.

step() { printf '\n\033[1m==> %s\033[0m\n' "$*"; }

# install_tools PACKAGE...: installs Debian packages that are missing.
install_tools() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  local sudo=
  [ "$(id -u)" -eq 0 ] || sudo=sudo
  $sudo apt-get update -qq
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# start_registry STORAGE LOG: starts docker-registry on a free port until the script ends, and sets
# $registry to its host:port.
start_registry() {
  local storage=$1 log=$2 port
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  registry=127.0.0.1:$port
  rm -rf "$storage" && mkdir -p "$storage"
  cat >"$storage.yml" <<END
version: 0.1
storage: { filesystem: { rootdirectory: $PWD/$storage } }
http: { addr: "$registry" }
END
  docker-registry serve "$storage.yml" >"$log" 2>&1 &
  # shellcheck disable=SC2064 # the process id of now is the one to stop
  trap "kill $! 2>/dev/null" EXIT
  local tries=50
  until curl -fs "http://$registry/v2/" >/dev/null; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || { echo "docker-registry does not answer, see $log" >&2; return 1; }
    sleep 0.2
  done
}
