# Shared part of the fetch.sh of parallel, text and dictionaries; source it after fetch_lib.sh, then call:
# fetch_lines_main MANIFEST "$@"
#
# Downloads what a file is made of, builds it with lines.py and renames it into place. Where the way from the source to
# the file is known in full (`exact` in the manifest) the SHA-256 must be right. Elsewhere a file that differs is put in
# place with a warning that has both numbers of lines.
#
# Test sentences are kept out of parallel and text. The NER test splits this needs are taken from the output folder;
# those that are not there, the held-out ones as a rule, are fetched into a temporary folder and deleted at the end.
#
# NERPIPE_DATA         data folder, when no folder is given on the command line
# NERPIPE_FETCH_BASE   a mirror: https://HOST/PATH is looked up as $NERPIPE_FETCH_BASE/HOST/PATH
#
# Exit status as in fetch_lib.sh. A file that must be made by hand does not change it.

fetch_lines_usage() {
    cat <<'USAGE'
usage: fetch.sh [--unfiltered] [--only NAME[/SOURCE]]... [OUTPUT_FOLDER]

  OUTPUT_FOLDER   data folder to fill (default: $NERPIPE_DATA)
  --only          fetch these pairs or languages, or single files of them, only (en-swa, en-swa/mafand)
  --unfiltered    do not keep the sentences of NER test splits out: scores on those splits are then worth nothing

Read the licences in README.md beside this script first.
USAGE
}

# fetch_lines_download ADDRESS: into $fetch_work, once. Returns 0 done, 69 not downloaded.
fetch_lines_download() {
    local address=$1 url=$1 kept
    kept="$fetch_work/$(printf '%s' "$address" | sha256sum | cut -c1-32)"
    if [[ -f $kept ]]; then
        return 0
    elif [[ -f $kept.failed ]]; then
        return 69
    fi
    if [[ -n ${NERPIPE_FETCH_BASE:-} ]]; then
        url="${NERPIPE_FETCH_BASE%/}/${address#https://}"
    fi
    if ! fetch_download "$url" "$kept.part"; then
        rm -f -- "$kept.part"
        touch -- "$kept.failed"
        return 69
    fi
    mv -f -- "$kept.part" "$kept"
}

# fetch_lines_test CORPUS/LANGUAGE: makes a test split available to lines.py. Returns 0 done, 69 not there.
fetch_lines_test() {
    local corpus=${1%%/*} language=${1#*/} base=${NERPIPE_FETCH_BASE:-}
    local relative="ner/$corpus/$language/test.tsv.zst" failed="$fetch_work/$corpus-$language.failed"
    if [[ -f $fetch_output/$relative || -f $fetch_work/tests/$relative ]]; then
        return 0
    elif [[ -f $failed ]]; then
        return 69
    fi
    NERPIPE_FETCH_BASE=${base:+${base%/}/raw.githubusercontent.com} bash "$fetch_common/../$corpus/fetch.sh" \
        --held-out --only "$language/test" "$fetch_work/tests" >/dev/null 2>&1 && return 0
    touch -- "$failed"
    return 69
}

# fetch_lines_file TARGET DIGEST LINES EXACT TESTS ADDRESSES
# Returns 0 done, 65 differs or unusable, 69 not downloaded, 73 not writable.
fetch_lines_file() {
    local target=$1 digest=$2 lines=$3 exact=$4 tests=$5 addresses=$6
    local final="$fetch_output/$target" found address part counts difference
    local -a wanted=() filtering=()
    if [[ -f $final ]]; then
        found=$(fetch_digest "$final")
        if [[ $found == "$digest" ]]; then
            fetch_say "present   $target"
            return 0
        elif [[ -n $found && -z $exact ]]; then
            fetch_say "present   $target (differs from the manifest; remove it to fetch it again)"
            return 0
        fi
    fi
    if ((fetch_filtered)) && [[ -n $tests ]]; then
        read -ra wanted <<<"$tests"
        for address in "${wanted[@]}"; do
            if ! fetch_lines_test "$address"; then
                fetch_say "FAILED    $target: test split ner/$address is needed to keep its sentences out, and cannot" \
                    "be fetched; put it in place, or see --unfiltered"
                return 69
            fi
        done
        filtering=(--tests "$fetch_output" --tests "$fetch_work/tests")
    fi
    read -ra wanted <<<"$addresses"
    for address in "${wanted[@]}"; do
        if ! fetch_lines_download "${address#\?}"; then
            if [[ $address != \?* ]]; then
                fetch_say "FAILED    $target: cannot download $address"
                return 69
            fi
            fetch_say "left out  ${address#\?} cannot be downloaded; $target is made without it"
        fi
    done
    if ! python3 "$fetch_common/lines.py" build "$fetch_manifest" "$target" --downloads "$fetch_work" \
        --output "$fetch_work/built" ${filtering[@]+"${filtering[@]}"} 2>"$fetch_work/build.log"; then
        fetch_say "FAILED    $target: $(tail -n 1 "$fetch_work/build.log")"
        return 65
    fi
    counts=$(tail -n 1 "$fetch_work/build.log")
    part="$final.part.$$"
    if ! mkdir -p -- "$(dirname "$final")" || ! zstd -19 -q -f -o "$part" -- "$fetch_work/built"; then
        rm -f -- "$part"
        fetch_say "FAILED    $target: cannot write it"
        return 73
    fi
    found=$(sha256sum <"$fetch_work/built")
    found=${found%% *}
    if [[ $found == "$digest" ]]; then
        mv -f -- "$part" "$final"
        rm -f -- "$final.differs"
        fetch_say "fetched   $target"
        return 0
    fi
    difference="SHA-256 $found, expected $digest; $(wc -l <"$fetch_work/built") lines, expected $lines; $counts"
    if [[ -n $exact ]]; then
        mv -f -- "$part" "$final.differs"
        fetch_say "DIFFERS   $target: $difference; left as $target.differs"
        return 65
    fi
    mv -f -- "$part" "$final"
    fetch_warned=$((fetch_warned + 1))
    fetch_say "WARNING   $target is in place but is not the listed file: $difference"
}

fetch_lines_main() {
    local tool line status=0 result
    local -a planning=() lines=() failing=()
    fetch_manifest=$1 fetch_output="" fetch_filtered=1 fetch_warned=0
    shift
    while (($# > 0)); do
        case $1 in
        --unfiltered) fetch_filtered=0 ;;
        --only)
            if (($# < 2)); then
                fetch_lines_usage >&2
                exit 64
            fi
            planning+=(--only "$2")
            shift
            ;;
        -h | --help)
            fetch_lines_usage
            exit 0
            ;;
        *)
            if [[ $1 == -* || -n $fetch_output ]]; then
                fetch_lines_usage >&2
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
        fetch_lines_usage >&2
        exit 64
    fi
    for tool in curl python3 zstd sha256sum xargs; do
        if ! command -v "$tool" >/dev/null; then
            fetch_say "fetch.sh: the program $tool is not installed"
            exit 69
        fi
    done
    fetch_work=$(mktemp -d)
    trap 'rm -rf -- "$fetch_work"' EXIT
    python3 "$fetch_common/lines.py" plan "$fetch_manifest" ${planning[@]+"${planning[@]}"} >"$fetch_work/plan" || exit
    mapfile -t lines <"$fetch_work/plan"
    if ((!fetch_filtered)); then
        fetch_say "fetch.sh: --unfiltered: sentences of NER test splits are not kept out"
    fi
    local target digest count exact by_hand tests addresses by_hand_count=0
    for line in ${lines[@]+"${lines[@]}"}; do
        IFS=$'\x1f' read -r target digest count exact by_hand tests addresses <<<"$line"
        if [[ -n $by_hand ]]; then
            by_hand_count=$((by_hand_count + 1))
            fetch_say "by hand   $target: $by_hand"
            continue
        fi
        result=0
        fetch_lines_file "$target" "$digest" "$count" "$exact" "$tests" "$addresses" || result=$?
        if ((result != 0)); then
            failing+=("$target")
            if ((status != 65)); then
                status=$result
            fi
        fi
    done
    if ((by_hand_count > 0)); then
        fetch_say "fetch.sh: $by_hand_count file(s) must be made by hand"
    fi
    if ((fetch_warned > 0)); then
        fetch_say "fetch.sh: $fetch_warned file(s) are not the listed ones, see the warnings"
    fi
    if ((${#failing[@]} > 0)); then
        fetch_say "fetch.sh: ${#failing[@]} file(s) could not be fetched:"
        printf '  %s\n' "${failing[@]}" >&2
    fi
    exit "$status"
}
