#!/usr/bin/env bash
# How a job stands; 0 when all of it is done. Not what an engine says decides, but the records beside the streams.
# Usage: status.sh JOB
set -euo pipefail
cd "$(dirname "$1")"
source "./$(basename "$1")"
folders=()
[ ${#text[@]} = 0 ] || folders+=("$folder"/{tokens,embedded,scored})
[ "$rounds" = 0 ] || folders+=("$student")
exec "$nerpipe" status "${folders[@]}"
