#!/bin/sh
# Installs curl and Chromium where they are missing, on Debian and its like. Elsewhere it says what to install.
set -eu
missing=
for program in curl chromium; do
    command -v "$program" >/dev/null || missing="$missing $program"
done
if [ -z "$missing" ]; then
    exit 0
fi
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    # shellcheck disable=SC2086
    apt-get install -qq -y --no-install-recommends $missing >/dev/null
else
    echo "missing, and to be installed by you:$missing (on Debian as root: apt-get install$missing)"
fi
