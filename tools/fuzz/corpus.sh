#!/usr/bin/env bash
# The inputs of a target, one archive each in tools/fuzz/corpus.
#
#   tools/fuzz/corpus.sh unpack TARGET FOLDER    # a file for each input; nothing when there is no archive
#   tools/fuzz/corpus.sh pack TARGET FOLDER      # the same inputs make the same archive
set -euo pipefail
archive="$(dirname "$0")/corpus/$2.tar.zst"
case "$1" in
  unpack) mkdir -p "$3"; [ ! -f "$archive" ] || zstd -q -d -c "$archive" | tar -x -f - -C "$3" ;;
  pack)
    # From a file, so that the frame says its size.
    tar=$(mktemp)
    trap 'rm -f "$tar"' EXIT
    (cd "$3" && find . -type f -printf '%f\n' | LC_ALL=C sort \
      | tar --format=ustar --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=644 -c -f - -T -) > "$tar"
    zstd -q -f -19 "$tar" -o "$archive" ;;
  *) sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 64 ;;
esac
