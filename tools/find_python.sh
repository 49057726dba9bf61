#!/bin/sh
# Prints the path of a CPython 3.10: $PYTHON, PATH, pyenv's versions, uv's. One sentence with the cure where there is none.
fits() {
    [ -n "$1" ] && "$1" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 10) or sys.implementation.name != "cpython")' 2>/dev/null
}
for candidate in \
    "${PYTHON:-}" \
    "$(command -v python3.10 2>/dev/null)" \
    "$(command -v python3 2>/dev/null)" \
    "$(command -v python 2>/dev/null)" \
    "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.10*/bin/python \
    "$(command -v uv >/dev/null 2>&1 && uv python find 3.10 2>/dev/null)" \
    "${XDG_DATA_HOME:-$HOME/.local/share}"/uv/python/cpython-3.10*/bin/python3.10; do
    if fits "$candidate"; then
        "$candidate" -c 'import os, sys; print(os.path.realpath(sys.executable))'
        exit 0
    fi
done
echo "No CPython 3.10 was found (Rasa runs on no newer one): install it with 'uv python install 3.10' or 'pyenv install 3.10', or name it with 'make PYTHON=/path/to/python3.10 ...'." >&2
exit 1
