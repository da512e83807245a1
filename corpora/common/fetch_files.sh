# Shared part of the fetch.sh of corpora whose manifest lists files with addresses; source it after fetch_lib.sh, then
# call: fetch_files_main MANIFEST "$@"
#
# Downloads each file, compresses it on the way, compares the SHA-256 of its text with the manifest and only then renames
# it into place. Where the manifest knows no digest, the one that was found is printed.
#
# NERPIPE_DATA         data folder, when no folder is given on the command line
# NERPIPE_FETCH_BASE   a mirror: https://HOST/PATH is looked up as $NERPIPE_FETCH_BASE/HOST/PATH
#
# Exit status as in fetch_lib.sh.

fetch_files_usage() {
    cat <<'USAGE'
usage: fetch.sh [--only LANGUAGE]... [OUTPUT_FOLDER]

  OUTPUT_FOLDER   data folder to fill (default: $NERPIPE_DATA)
  --only          fetch the files of these languages only

Read the licence in README.md beside this script first.
USAGE
}

# The form in which a file is kept: "tabs" makes the first space or tab of each line a tab.
fetch_files_convert() {
    case $1 in
    tabs) sed -E 's/\r$//; /\t/!s/ +/\t/' ;;
    *) cat ;;
    esac
}

# fetch_file TARGET HOST PATH DIGEST CONVERSION
# Returns 0 done, 65 differs, 69 not downloaded, 73 not writable.
fetch_file() {
    local target=$1 url="https://$2/$3" digest=$4 conversion=$5
    local final="$fetch_output/$target" address="https://$2/$3" found
    if [[ -n ${NERPIPE_FETCH_BASE:-} ]]; then
        address="${NERPIPE_FETCH_BASE%/}/$2/$3"
    fi
    if [[ -f $final ]]; then
        found=$(fetch_digest "$final")
        if [[ -n $found && (-z $digest || $found == "$digest") ]]; then
            fetch_say "present   $target"
            return 0
        fi
    fi
    if ! mkdir -p -- "$(dirname "$final")"; then
        fetch_say "FAILED    $target: cannot create its folder"
        return 73
    fi
    # Not through a pipe: a repeated download would begin anew in the middle.
    if ! curl --fail --silent --show-error --location --proto '=https,file' --proto-redir '=https' --retry 3 \
        --connect-timeout 30 --speed-limit 1000 --speed-time 120 --output "$final.part" -- "$address"; then
        rm -f -- "$final.part"
        fetch_say "FAILED    $target: cannot download $url"
        return 69
    fi
    if ! (set -o pipefail; fetch_files_convert "$conversion" <"$final.part" | zstd -q -f -o "$final.part.zst"); then
        rm -f -- "$final.part" "$final.part.zst"
        fetch_say "FAILED    $target: cannot write it"
        return 73
    fi
    rm -f -- "$final.part"
    found=$(fetch_digest "$final.part.zst")
    if [[ -n $digest && $found != "$digest" ]]; then
        mv -f -- "$final.part.zst" "$final.differs"
        fetch_say "DIFFERS   $target: SHA-256 $found, expected $digest; left as $target.differs"
        return 65
    fi
    mv -f -- "$final.part.zst" "$final"
    rm -f -- "$final.differs"
    if [[ -z $digest ]]; then
        fetch_say "fetched   $target, SHA-256 $found, which nobody has checked"
    else
        fetch_say "fetched   $target"
    fi
}

fetch_files_main() {
    local manifest=$1 tool line status=0 result
    shift
    local -a planning=() lines=()
    local failed=0
    fetch_output=""
    while (($# > 0)); do
        case $1 in
        --only)
            if (($# < 2)); then
                fetch_files_usage >&2
                exit 64
            fi
            planning+=(--only "$2")
            shift
            ;;
        -h | --help)
            fetch_files_usage
            exit 0
            ;;
        *)
            if [[ $1 == -* || -n $fetch_output ]]; then
                fetch_files_usage >&2
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
        fetch_files_usage >&2
        exit 64
    fi
    for tool in curl python3 zstd sha256sum; do
        if ! command -v "$tool" >/dev/null; then
            fetch_say "fetch.sh: the program $tool is not installed"
            exit 69
        fi
    done
    local plan
    plan=$(python3 "$fetch_common/manifest.py" files "$manifest" ${planning[@]+"${planning[@]}"}) || exit
    mapfile -t lines <<<"$plan"
    local target host path digest conversion
    for line in "${lines[@]}"; do
        IFS=$'\x1f' read -r target host path digest conversion <<<"$line"
        result=0
        fetch_file "$target" "$host" "$path" "$digest" "$conversion" || result=$?
        if ((result != 0)); then
            failed=$((failed + 1))
            if ((status != 65)); then
                status=$result
            fi
        fi
    done
    if ((failed > 0)); then
        fetch_say "fetch.sh: $failed file(s) could not be fetched"
    fi
    return "$status"
}
