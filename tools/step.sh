# Sourced: `step TITLE COMMAND...` runs a command silently and shows the end of what it printed where it fails.
log=$(mktemp)
trap 'rm -f "$log"' EXIT
step() {
    echo "[check] $1"
    shift
    if ! "$@" >"$log" 2>&1; then
        grep -v -E 'it/s|Warning' "$log" | tail -n 40
        echo "[check] FAILED: $*"
        exit 1
    fi
}
