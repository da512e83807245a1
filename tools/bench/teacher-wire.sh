#!/usr/bin/env bash
# What the wire costs: 'nerpipe score --teacher-command' with a program that burns 10 microseconds of processor time for each
# word (100,000 words/s) and answers with numbers made before. Prints, against what was burnt: the time of the whole, which means
# something on a free machine only, and the processor time of the program besides (reading, cutting, writing).
#
#     tools/bench/teacher-wire.sh EMBEDDED.zst [RUNS]
set -euo pipefail
stream=$1 runs=${2:-3}
nerpipe=${NERPIPE:-$(cd "$(dirname "$0")/../.." && pwd)/.build/release/nerpipe}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat > "$work/burn.py" <<'P'
import json, os, struct, sys, time
out = os.fdopen(os.dup(1), "wb")
source = sys.stdin.buffer
source.readline()
labels = ["O"] + [p + t for t in ("PER", "LOC", "ORG", "DATE") for p in ("B-", "I-")]
out.write(json.dumps({"protocol": "nerpipe-teacher", "version": 1, "wire": "safetensors", "digest": "burns-time", "answers": "probabilities",
                      "labels": labels, "scheme": "IOB2"}).encode() + b"\n")
out.flush()
row = struct.pack("<9f", 0.9, *[0.0125] * 8)
words, begin, busy = 0, None, 0
while head := source.read(16):
    if begin is None:
        begin, busy = time.perf_counter(), time.process_time()
    number, size = struct.unpack("<QQ", head)
    body = source.read(size)
    start = time.process_time()
    (length,) = struct.unpack_from("<Q", body)
    count = json.loads(body[8:8 + length])["word_ends"]["shape"][0]
    file = json.dumps({"probabilities": {"dtype": "F32", "shape": [count, 9], "data_offsets": [0, 36 * count]}}).encode()
    file += b" " * (-len(file) % 8)
    while time.process_time() - start < count * 1e-5:
        pass
    out.write(struct.pack("<QQQ", number, 8 + len(file) + 36 * count, len(file)) + file + row * count)
    out.flush()
    words += count
with open(sys.argv[1], "a") as log:
    log.write(f"{words} {time.perf_counter() - begin} {time.process_time() - busy}\n")
P
for run in $(seq "$runs"); do
    "$nerpipe" score -q --teacher-command "exec python3 $work/burn.py $work/log" "$stream" -o "$work/out.zst" --force
done
python3 - "$work/log" <<'P'
import sys
for line in open(sys.argv[1]):
    words, seconds, busy = line.split()
    own = int(words) * 1e-5
    print(f"{words} words: {own:.3f} s of burning, {float(seconds):.3f} s in all (+{100 * (float(seconds) / own - 1):.1f} %), "
          f"{float(busy):.3f} s of the program's processor (+{100 * (float(busy) / own - 1):.1f} %)")
P
