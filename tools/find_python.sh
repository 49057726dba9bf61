#!/bin/sh
# Prints the path of the newest CPython from 3.11 to 3.13: $PYTHON, else PATH, pyenv's versions, uv's; where there is none
# and uv is at hand, uv fetches one. One sentence with the cure where all that fails.
# Usage: find_python.sh [VERSION ...]   only these versions, such as 3.12
versions=${*:-3.13 3.12 3.11}
spoken=""
for wanted in $versions; do
    spoken="$spoken${spoken:+ or }$wanted"
done
version_of() {
    # Debian has Pythons without venv; those without a global lock have few packages built for them
    "$1" -c 'import ensurepip, sys, sysconfig, venv
fits = sys.implementation.name == "cpython" and not sysconfig.get_config_var("Py_GIL_DISABLED")
print("%d.%d" % sys.version_info[:2] if fits else "other")' 2>/dev/null
}
report() {
    "$1" -c 'import sys; print(sys._base_executable)' # of a virtual environment, the Python that it was made with
    exit 0
}
one_of() {
    for wanted in $versions; do
        [ "$1" = "$wanted" ] && return 0
    done
    return 1
}
if [ -n "${PYTHON:-}" ]; then
    one_of "$(version_of "$PYTHON")" && report "$PYTHON"
    echo "PYTHON=$PYTHON is no CPython $spoken; name another, or leave it away." >&2
    exit 1
fi
uv=$(command -v uv 2>/dev/null)
for wanted in $versions; do
    for candidate in \
        "$(command -v "python$wanted" 2>/dev/null)" \
        "$(command -v python3 2>/dev/null)" \
        "$(command -v python 2>/dev/null)" \
        "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$wanted".*/bin/python \
        "$([ -n "$uv" ] && "$uv" python find --system --no-python-downloads "$wanted" 2>/dev/null)" \
        "${XDG_DATA_HOME:-$HOME/.local/share}"/uv/python/cpython-"$wanted".*/bin/python"$wanted"; do
        [ -n "$candidate" ] && [ "$(version_of "$candidate")" = "$wanted" ] && report "$candidate"
    done
done
newest=${versions%% *}
if [ -n "$uv" ]; then
    echo "[set-up] No CPython $spoken is here; uv fetches $newest (about 30 MB) ..." >&2
    if "$uv" python install --quiet "$newest" >/dev/null 2>&1; then
        report "$("$uv" python find "$newest")"
    fi
fi
echo "No CPython $spoken was found: install one with 'uv python install $newest' or 'pyenv install $newest', or name it with 'make PYTHON=/path/to/python ...'." >&2
exit 1
