#!/bin/sh
# Usage: make_venv.sh FOLDER
# Makes a virtual environment with geoseg and all that its tests need. PYTHON names the
# interpreter; otherwise the newest one that fits is taken. May be run again at any time.
set -eu

venv=$1
good_version='import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 12))'

fail() {
    echo "geoseg set-up: $1" >&2
    exit 1
}

# Install Debian packages, quietly, where that is possible at all.
apt_install() {
    command -v apt-get >/dev/null || return 1
    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        sudo -n true 2>/dev/null || return 1
        as_root=sudo
    fi
    echo "geoseg set-up: installing $* with apt-get"
    $as_root apt-get update -qq || return 1
    # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
        --no-install-recommends "$@" >/dev/null
}

find_python() {
    for candidate in ${PYTHON:-python3.12 python3.11 python3.10 python3}; do
        # A pyenv shim exists for versions that are not active: running it is the only test.
        if "$candidate" -c "$good_version" >/dev/null 2>&1; then
            echo "$candidate"
            return
        fi
    done
}

make_venv() {
    python=$(find_python)
    if [ -z "$python" ] && [ -z "${PYTHON:-}" ] && ! command -v python3 >/dev/null; then
        apt_install python3 python3-venv || true
        python=$(find_python)
    fi
    [ -n "$python" ] ||
        fail "Python 3.10, 3.11 or 3.12 is needed; none was found${PYTHON:+ under $PYTHON}. Install one, or name it: make PYTHON=/path/to/python3.12"
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        apt_install "python$version-venv" ||
            fail "Python's venv module is missing. Install it: sudo apt-get install python$version-venv"
    fi
    "$python" -m venv "$venv"
}

[ -x "$venv/bin/python" ] && "$venv/bin/python" -m pip --version >/dev/null 2>&1 || make_venv
"$venv/bin/python" -c "$good_version" ||
    fail "$venv holds a Python that does not fit; remove the folder and run make again."
echo "geoseg set-up: installing the packages into $venv (about 3 GB, some minutes)"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    --constraint constraints.txt --editable '.[tensorflow,onnx,dask,dev]'

# The wheels of rasterio and fiona bring all of GDAL but this one library.
if ! "$venv/bin/python" -c 'import rasterio, fiona' 2>/dev/null; then
    apt_install libexpat1 ||
        fail "rasterio cannot be loaded; libexpat is probably missing: sudo apt-get install libexpat1"
fi
