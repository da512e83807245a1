# Shared part of every corpora/*/fetch.sh; source it, then call: fetch_main MANIFEST "$@"
#
# Reads the splits from the manifest, downloads each source file, converts it with convert.py, compares the SHA-256 of the
# converted text with the manifest and only then renames the compressed file into place.
#
# NERPIPE_DATA         data folder, when no folder is given on the command line
# NERPIPE_FETCH_BASE   where OWNER/REPOSITORY/REF/PATH is looked up (default https://raw.githubusercontent.com);
#                      a mirror, or file:///some/folder
#
# Exit status: 0 all well, 64 usage, 65 a digest differs or a source cannot be converted, 69 a tool or a download is
# missing, 73 the output folder cannot be written. When several kinds happen, 65 wins.

fetch_common=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

fetch_usage() {
    cat <<'USAGE'
usage: fetch.sh [--held-out] [--only LANGUAGE[/SPLIT]]... [OUTPUT_FOLDER]

  OUTPUT_FOLDER   data folder to fill (default: $NERPIPE_DATA); files go to OUTPUT_FOLDER/ner/...
  --only          fetch these languages or splits only
  --held-out      fetch the held-out test splits too; for a final score, never for tuning

Read the licence in README.md beside this script first.
USAGE
}

fetch_say() { printf '%s\n' "$*" >&2; }

# The digest of a compressed file's contents; empty when it cannot be read.
fetch_digest() {
    local line
    if line=$(set -o pipefail; zstd -dcq -- "$1" 2>/dev/null | sha256sum); then
        printf '%s' "${line%% *}"
    fi
}

# fetch_download URL FILE
fetch_download() {
    curl --fail --silent --show-error --location --proto '=https,file' --proto-redir '=https' \
        --retry 3 --connect-timeout 30 --max-time 900 --output "$2" -- "$1"
}

# fetch_split TARGET REPOSITORY REF PATH DIGEST SENTENCES OPTIONS
# Returns 0 done, 65 differs or unusable, 69 not downloaded, 73 not writable.
fetch_split() {
    local target=$1 repository=$2 ref=$3 path=$4 digest=$5 sentences=$6 options=$7
    local final="$fetch_output/$target" found cached converted part count
    if [[ -f $final ]]; then
        found=$(fetch_digest "$final")
        if [[ -n $digest && $found == "$digest" ]]; then
            fetch_say "present   $target"
            return 0
        fi
        if [[ -z $digest && -n $found ]]; then
            fetch_say "present   $target (no digest to compare with)"
            return 0
        fi
    fi

    # Characters outside the set that a URL may hold are percent-encoded, "/" stays.
    local escaped
    escaped=$(python3 -c 'import sys, urllib.parse; print(urllib.parse.quote(sys.argv[1]))' "$repository/$ref/$path")
    local url="$fetch_base/$escaped"
    cached="$fetch_work/$(printf '%s' "$url" | sha256sum | cut -c1-32)"
    if [[ ! -f $cached ]]; then
        if ! fetch_download "$url" "$cached.part"; then
            rm -f -- "$cached.part"
            fetch_say "FAILED    $target: cannot download $url"
            return 69
        fi
        mv -f -- "$cached.part" "$cached"
    fi

    converted="$fetch_work/converted.tsv"
    local -a arguments=()
    # The options were quoted for the shell by manifest.py; xargs undoes that without running anything.
    if [[ -n $options ]]; then
        mapfile -t arguments < <(printf '%s' "$options" | xargs -n1 printf '%s\n')
    fi
    if ! python3 "$fetch_common/convert.py" ${arguments[@]+"${arguments[@]}"} --output "$converted" "$cached" \
        2>"$fetch_work/convert.log"; then
        fetch_say "FAILED    $target: $(tail -n 1 "$fetch_work/convert.log")"
        return 65
    fi

    found=$(sha256sum <"$converted")
    found=${found%% *}
    if ! mkdir -p -- "$(dirname "$final")"; then
        fetch_say "FAILED    $target: cannot create its folder"
        return 73
    fi
    part="$final.part.$$"
    if ! zstd -19 -q -f -o "$part" -- "$converted"; then
        rm -f -- "$part"
        fetch_say "FAILED    $target: cannot write $part"
        return 73
    fi
    count=$(tr -d '\n' <"$fetch_work/convert.log")
    if [[ -n $digest && $found != "$digest" ]]; then
        mv -f -- "$part" "$final.differs"
        fetch_say "DIFFERS   $target: SHA-256 $found, expected $digest; left as $target.differs; got $count"
        return 65
    fi
    if [[ -z $digest && -n $sentences ]] && ! grep -q "\"sentences\": ${sentences}[,}]" "$fetch_work/convert.log"; then
        mv -f -- "$part" "$final.differs"
        fetch_say "DIFFERS   $target: not the $sentences sentences expected; left as $target.differs; got $count"
        return 65
    fi
    mv -f -- "$part" "$final"
    rm -f -- "$final.differs"
    if [[ -z $digest ]]; then
        fetch_say "fetched   $target (held out: no digest to compare with) $count"
    else
        fetch_say "fetched   $target"
    fi
}

fetch_main() {
    local manifest=$1 tool line status=0 result
    shift
    local -a planning=() differing=() failing=() lines=()
    fetch_output=""
    while (($# > 0)); do
        case $1 in
        --held-out) planning+=(--held-out) ;;
        --only)
            if (($# < 2)); then
                fetch_usage >&2
                exit 64
            fi
            planning+=(--only "$2")
            shift
            ;;
        -h | --help)
            fetch_usage
            exit 0
            ;;
        -*)
            fetch_usage >&2
            exit 64
            ;;
        *)
            if [[ -n $fetch_output ]]; then
                fetch_usage >&2
                exit 64
            fi
            fetch_output=$1
            ;;
        esac
        shift
    done
    fetch_output=${fetch_output:-${NERPIPE_DATA:-}}
    if [[ -z $fetch_output ]]; then
        fetch_say "fetch.sh: no output folder: give one, or set NERPIPE_DATA"
        fetch_usage >&2
        exit 64
    fi
    for tool in curl python3 zstd sha256sum xargs; do
        if ! command -v "$tool" >/dev/null; then
            fetch_say "fetch.sh: the program $tool is not installed"
            exit 69
        fi
    done
    fetch_base=${NERPIPE_FETCH_BASE:-https://raw.githubusercontent.com}
    fetch_base=${fetch_base%/}
    if ! mkdir -p -- "$fetch_output"; then
        fetch_say "fetch.sh: cannot create $fetch_output"
        exit 73
    fi
    fetch_work=$(mktemp -d)
    trap 'rm -rf -- "$fetch_work"' EXIT
    python3 "$fetch_common/manifest.py" plan "$manifest" ${planning[@]+"${planning[@]}"} >"$fetch_work/plan" || exit
    mapfile -t lines <"$fetch_work/plan"
    local target action repository ref path digest sentences options
    for line in ${lines[@]+"${lines[@]}"}; do
        IFS=$'\x1f' read -r target action repository ref path digest sentences options <<<"$line"
        if [[ $action == held-out ]]; then
            fetch_say "held out  $target (--held-out fetches it)"
            continue
        fi
        result=0
        fetch_split "$target" "$repository" "$ref" "$path" "$digest" "$sentences" "$options" || result=$?
        case $result in
        0) ;;
        65)
            differing+=("$target")
            status=65
            ;;
        *)
            failing+=("$target")
            if ((status != 65)); then
                status=$result
            fi
            ;;
        esac
    done
    if ((${#differing[@]} > 0)); then
        fetch_say "fetch.sh: ${#differing[@]} split(s) differ from the manifest or cannot be converted:"
        printf '  %s\n' "${differing[@]}" >&2
    fi
    if ((${#failing[@]} > 0)); then
        fetch_say "fetch.sh: ${#failing[@]} split(s) could not be fetched:"
        printf '  %s\n' "${failing[@]}" >&2
    fi
    exit "$status"
}
