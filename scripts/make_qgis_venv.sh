#!/bin/sh
# Usage: make_qgis_venv.sh FOLDER
# Makes a virtual environment of QGIS's own Python with all that the tests inside QGIS need.
# QGIS_PYTHON names the interpreter; otherwise the system's is taken. Where QGIS is absent it
# says so and does nothing. May be run again at any time.
set -eu

venv=$1
stamp=$venv/.installed
has_qgis='import qgis.core; from qgis.PyQt import QtWidgets'

fail() {
    echo "QGIS test set-up: $1" >&2
    exit 1
}

find_python() {
    for candidate in ${QGIS_PYTHON:-/usr/bin/python3 python3}; do
        if "$candidate" -c "$has_qgis" >/dev/null 2>&1; then
            echo "$candidate"
            return
        fi
    done
}

python=$(find_python)
if [ -z "$python" ]; then
    # What an earlier QGIS left would fail in every test.
    rm -rf "$venv"
    echo "QGIS test set-up: nothing is done, because ${QGIS_PYTHON:-/usr/bin/python3} has no QGIS (sudo apt-get install qgis python3-qgis, or QGIS_PYTHON=/path/to/python3)"
    exit 0
fi
if [ -e "$stamp" ] && [ -z "$(find constraints-qgis.txt "$0" -newer "$stamp")" ] &&
    "$venv/bin/python" -c "$has_qgis" 2>/dev/null; then
    exit 0
fi

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' ||
    fail "Python 3.10 or later is needed to run the tests; $python is older."
"$python" -c 'import ensurepip, venv' 2>/dev/null ||
    fail "Python's venv module is missing. Install it: sudo apt-get install python3-venv"
echo "QGIS test set-up: installing pytest beside the QGIS of $python into $venv"
rm -rf "$venv"
"$python" -m venv --system-site-packages "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    --constraint constraints-qgis.txt pytest pytest-qgis pytest-timeout
"$venv/bin/python" -c "$has_qgis" || fail "$venv does not see the QGIS of $python."
touch "$stamp"
