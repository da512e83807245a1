#!/bin/sh
# Makes the committed sample from scratch, or checks that it is what the generator makes.
#
#   make.sh BINARY FOLDER [generator options]          write FOLDER anew, text files compressed by zstd -19
#   make.sh --check BINARY FOLDER [generator options]  compare FOLDER's decompressed files with a fresh generation
#
# Exit: 0 done or equal, 1 different, 64 usage, 69 the generator or zstd failed, 73 cannot write FOLDER.
set -eu

usage() {
    echo "usage: make.sh [--check] BINARY FOLDER [generator options]" >&2
    exit 64
}

check=no
if [ "${1:-}" = --check ]; then
    check=yes
    shift
fi
[ $# -ge 2 ] || usage
binary=$1
folder=${2%/}
shift 2
[ -n "$folder" ] || usage
command -v zstd > /dev/null || { echo "make.sh: zstd is not installed" >&2; exit 69; }

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
"$binary" --out "$scratch/fresh" "$@" || { echo "make.sh: $binary failed" >&2; exit 69; }

# Names contain neither spaces nor newlines: the generator chooses them.
(cd "$scratch/fresh" && find . -type f | sed 's,^\./,,' | LC_ALL=C sort) > "$scratch/names"

if [ "$check" = yes ]; then
    status=0
    while read -r name; do
        case $name in
        *.txt | *.vec | *.conll | *.tsv) stored=$name.zst ;;
        *) stored=$name ;;
        esac
        echo "$stored" >> "$scratch/expected"
        if [ ! -f "$folder/$stored" ]; then
            echo "make.sh: $folder/$stored is missing; make the sample again" >&2
            status=1
        elif [ "$stored" = "$name" ]; then
            cmp -s "$folder/$stored" "$scratch/fresh/$name" || {
                echo "make.sh: $folder/$stored differs from what the generator makes" >&2
                status=1
            }
        else
            zstd -dcq "$folder/$stored" > "$scratch/plain" || status=1
            cmp -s "$scratch/plain" "$scratch/fresh/$name" || {
                echo "make.sh: $folder/$stored differs from what the generator makes" >&2
                status=1
            }
        fi
    done < "$scratch/names"
    (cd "$folder" && find . -type f | sed 's,^\./,,' | LC_ALL=C sort) > "$scratch/present"
    LC_ALL=C sort "$scratch/expected" | LC_ALL=C comm -13 - "$scratch/present" > "$scratch/extra"
    if [ -s "$scratch/extra" ]; then
        echo "make.sh: $folder has files that the generator does not make:" >&2
        cat "$scratch/extra" >&2
        status=1
    fi
    exit $status
fi

while read -r name; do
    case $name in
    *.txt | *.vec | *.conll | *.tsv)
        zstd -19 -q --rm "$scratch/fresh/$name" -o "$scratch/fresh/$name.zst" || exit 69
        ;;
    esac
done < "$scratch/names"
# The old sample goes only when the new one is complete.
mkdir -p "$(dirname "$folder")" && rm -rf "$folder.new" && cp -R "$scratch/fresh" "$folder.new" || exit 73
rm -rf "$folder" && mv "$folder.new" "$folder" || exit 73
