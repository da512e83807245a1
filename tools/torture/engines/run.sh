#!/usr/bin/env bash
# Tests the recipes of pipelines/cluster on the engines themselves, with workers, steps and drivers killed in the middle; see ../README.md.
# Usage: run.sh [parallel] [machines] [objects] [slurm] [spark] [slow]     NERPIPE=PROGRAM   WORK=FOLDER, kept when it is named
set -euo pipefail
here=$(realpath "$(dirname "$0")")
[ "$(id -u)" = 0 ] || { echo "engines: installs Debian packages, and starts daemons: run it as root, in a container" >&2; exit 64; }
NERPIPE=$(realpath "${NERPIPE:-$here/../../../.build/release/nerpipe}")
[ -x "$NERPIPE" ] || { echo "engines: no $NERPIPE; swift build -c release --product nerpipe" >&2; exit 66; }
if [ -z "${WORK:-}" ]; then
  WORK=$(mktemp -d)
  trap 'rm -rf "$WORK"' EXIT
fi
WORK=$(realpath -m "$WORK")
export NERPIPE WORK DEBIAN_FRONTEND=noninteractive
[ $# -gt 0 ] || set -- parallel machines objects slurm spark slow
for engine in "$@"; do "$here/$engine.sh"; done
