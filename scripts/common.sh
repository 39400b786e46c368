# What every script here shares. Source it; it changes to the repository's root.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Where downloads that the project needs, and never commits, are kept.
WIT_CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/wit"
mkdir -p "$WIT_CACHE"

say() { printf '\n\033[1m== %s\033[0m\n' "$*" >&2; }
fail() { printf '%s: error: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }

# as_root COMMAND...: runs it as root, through sudo where there is one.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null; then sudo "$@"
    else fail "'$*' needs root: run it as root, or install sudo"; fi
}

# install_packages NAME...: installs those Debian packages that are missing; starts no service.
install_packages() {
    local missing=() name
    for name in "$@"; do
        dpkg-query -W -f '${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
    done
    [ ${#missing[@]} -eq 0 ] && return
    say "installing Debian packages: ${missing[*]}"
    as_root apt-get update -q >&2
    as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
        apt-get install -y -q --no-install-recommends "${missing[@]}" >&2
}

# has_sha256 FILE HEX: true when the file is there and has that hash.
has_sha256() { [ -f "$1" ] && [ "$(sha256sum < "$1" | cut -d' ' -f1)" = "$2" ]; }

# build_release: builds the programs for use; prints the folder they are in.
build_release() {
    # Products by name: all targets would need the tests' libraries.
    swift build -c release --product wit >&2
    swift build -c release --product wit-train >&2
    swift build -c release --show-bin-path
}
