#!/bin/sh
# Makes .venv with Python 3.11 or newer and installs WHAT ("." or ".[dev]") into it, exactly as constraints.txt pins it.
# usage: sh scripts/install.sh WHAT       PYTHON=/path/to/python chooses another Python
set -eu
what=$1
cd "$(dirname "$0")/.."

new_enough='import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'

find_python() {
    for candidate in "${PYTHON:-python3}" python3 python3.11 python3.12 python3.13 python3.14; do
        if "$candidate" -c "$new_enough" 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    echo "install: no Python 3.11 or newer with venv was found. Install one (Debian: apt install python3-venv)," \
        "or name it: make PYTHON=/path/to/python3.12 …" >&2
    exit 1
}

# A virtual environment that was moved or whose Python is gone is made again.
if ! [ "$(.venv/bin/python -c 'import sys; print(sys.prefix)' 2>/dev/null)" = "$PWD/.venv" ]; then
    python=$(find_python)
    rm -rf .venv
    "$python" -m venv .venv
fi
echo "install: installing $what into .venv (a few minutes the first time)"
.venv/bin/python -m pip install -qq --disable-pip-version-check --constraint constraints.txt --editable "$what"
touch .venv/installed-run
if [ "$what" != "." ]; then
    touch .venv/installed-dev
fi
