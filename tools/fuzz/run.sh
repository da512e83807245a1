#!/usr/bin/env bash
# Fuzzes every parser (or those named) under AddressSanitizer with libFuzzer; see README.md.
#
#   tools/fuzz/run.sh [--runs N] [--minimize] [TARGET...]
#
# New inputs go to $FUZZ_FOLDER (default: nerpipe-fuzz in the temporary folder); --minimize copies the fewest that reach the same
# code into the archives of tools/fuzz/corpus. A finding is kept in $FUZZ_FOLDER/findings, and ends the run with status 1.
set -euo pipefail
cd "$(dirname "$0")/../.."
runs=1000000
minimize=no
targets=()
while [ $# -gt 0 ]; do
  case "$1" in
    --runs) runs="$2"; shift 2 ;;
    --minimize) minimize=yes; shift ;;
    *) targets+=("$1"); shift ;;
  esac
done
[ ${#targets[@]} -gt 0 ] || targets=($(sed -n 's/^    case \([a-z]*\)$/\1/p' tools/fuzz/targets/FuzzTarget.swift))
folder="${FUZZ_FOLDER:-${TMPDIR:-/tmp}/nerpipe-fuzz}"
mkdir -p "$folder/findings"
runtime="$(dirname "$(dirname "$(readlink -f "$(command -v swiftc)")")")"
runtime="$(ls "$runtime"/lib/clang/*/lib/linux/libclang_rt.fuzzer_no_main-x86_64.a | head -1)"
export NERPIPE_FUZZ=1
# Sums that overflow, and indices out of range, stop a release build too; only the sanitizers see the rest.
swift build -c release --product fuzz --scratch-path "$folder/build" --sanitize address \
  -Xswiftc -sanitize-coverage=edge,inline-8bit-counters,pc-table,trace-cmp \
  -Xcc -fsanitize-coverage=inline-8bit-counters,pc-table,trace-cmp \
  -Xlinker "$runtime" -Xlinker -lstdc++ 2>&1 | tail -2 >&2
tools/fuzz/seeds.sh "$folder/seeds"
fuzz="$folder/build/release/fuzz"
export ASAN_OPTIONS=quarantine_size_mb=4:malloc_context_size=0
for target in "${targets[@]}"; do
  export NERPIPE_FUZZ_TARGET="$target"
  mkdir -p "$folder/$target"
  rm -rf "$folder/corpus/$target"; tools/fuzz/corpus.sh unpack "$target" "$folder/corpus/$target"
  options=(-max_len=8192 -rss_limit_mb=2048 -timeout=10 -print_final_stats=1 -artifact_prefix="$folder/findings/$target-")
  [ ! -f "tools/fuzz/words/$target" ] || options+=(-dict="tools/fuzz/words/$target")
  echo "== $target" >&2
  "$fuzz" "${options[@]}" -runs="$runs" "$folder/$target" "$folder/corpus/$target" "$folder/seeds/$target" > "$folder/$target.log" 2>&1 \
    || { tail -30 "$folder/$target.log" >&2; echo "fuzz: $target: a finding, see $folder/findings and $folder/$target.log" >&2; exit 1; }
  grep -E "^stat::number_of_executed_units|^stat::average_exec_per_sec|DONE" "$folder/$target.log" | tr '\n' ' '; echo
  if [ "$minimize" = yes ]; then
    rm -rf "$folder/least"; mkdir "$folder/least"
    "$fuzz" "${options[@]}" -merge=1 "$folder/least" "$folder/corpus/$target" "$folder/$target" "$folder/seeds/$target" > "$folder/merge.log" 2>&1
    tools/fuzz/corpus.sh pack "$target" "$folder/least"
  fi
done
