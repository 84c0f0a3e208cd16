#!/bin/sh
# Sees to it that Debian's Chromium is there for the browser tests: installs it where that is allowed (root or sudo),
# else says loudly that those tests will be skipped. In CI (CI=true) they may not be skipped, so there it fails.
set -u

found() {
    command -v "${KRING_CHROMIUM:-chromium}" >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1
}

found && exit 0

as_root=""
if [ "$(id -u)" -ne 0 ]; then
    as_root="sudo -n"
fi
if command -v apt-get >/dev/null 2>&1 && $as_root true 2>/dev/null; then
    echo "chromium: not found, installing Debian's package for the browser tests"
    export DEBIAN_FRONTEND=noninteractive
    $as_root apt-get update -qq && $as_root apt-get install -y -qq --no-install-recommends chromium >/dev/null
    found && exit 0
fi

echo "!!! NO BROWSER TESTS: Chromium is missing and may not be installed here. Install it (Debian: apt install chromium)." >&2
[ "${CI:-}" = "true" ] && exit 1
exit 0
