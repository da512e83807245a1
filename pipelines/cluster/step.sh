#!/usr/bin/env bash
# One step of one unit of a job: `score`, from text to scores, or K, its updates in round K. Whoever does it, where, when and how often: the same bytes.
# Usage: step.sh JOB STEP NUMBER
set -euo pipefail
cd "$(dirname "$1")"
source "./$(basename "$1")"
name=$(printf '%05d-of-%05d' "$3" "$units")

# Engines signal whom they started: this shell. nerpipe must hear of it, and what it ends with, 75, must be waited for.
program= stopped=
trap 'stopped=yes; [ -z "$program" ] || kill -TERM "$program" 2>/dev/null || true' TERM INT HUP
stage() {
  "$nerpipe" "$@" "${options[@]}" &
  program=$!
  [ -z "$stopped" ] || kill -TERM "$program" 2>/dev/null || true
  while kill -0 "$program" 2>/dev/null; do wait "$program" || true; done
  wait "$program"
}

case $2 in
  score)
    stage tokenize --lang "$language" --shard "$3/$units" "${text[@]}" -o "$folder/tokens/"
    stage embed --vectors "$table" "$folder/tokens/$name.zst" -o "$folder/embedded/"
    stage score --teacher "$teacher" "$folder/embedded/$name.zst" -o "$folder/scored/"
    ;;
  *) stage update --round "$2/$rounds" "$folder/scored/$name.zst" ${initial:+--initial "$initial"} "${update[@]}" -o "$student" ;;
esac
