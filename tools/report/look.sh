#!/usr/bin/env bash
# Makes a tagger of the sample world, its report, and pictures of the report in headless Chromium: light, dark and narrow, and as it is printed.
# Usage: tools/report/look.sh [FOLDER]     (default: out/report; NERPIPE=.build/release/nerpipe; needs chromium: apt-get install chromium)
# Fails when Chromium reports an error of the page, asks for anything from elsewhere, or shows nothing.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=${1:-out/report} nerpipe=${NERPIPE:-.build/release/nerpipe} sample=corpora/sample
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || { echo "look.sh: no Chromium here; apt-get install chromium" >&2; exit 69; }
mkdir -p "$folder"
for seed in 1 2; do
  "$nerpipe" distill -q "$sample/qab/unlabelled/*.txt.zst" --lang qab --source "qaa=$sample/qaa/train.conll.zst" --dev "qaa=$sample/qaa/dev.conll.zst" \
    --vectors "qaa=$sample/vectors/qaa.vec.zst" --vectors "qab=$sample/vectors/qab.vec.zst" --gold "$sample/qab/test.conll.zst" --seed "$seed" -o "$folder/run-$seed"
done
"$nerpipe" report "$folder/run-1" "$folder/run-2" -o "$folder/report.html" --force
page=file://$(realpath "$folder/report.html")
picture() { # NAME OPTION ...
  "$chromium" --headless --no-sandbox --disable-gpu --hide-scrollbars --enable-logging=stderr --v=0 "${@:2}" \
    --screenshot="$(realpath "$folder")/$1.png" "$page" 2> "$folder/$1.log"
  ! grep -E 'CONSOLE|net::ERR|Refused' "$folder/$1.log"
}
picture light --window-size=1100,2400
picture dark --window-size=1100,2400 --blink-settings=preferredColorScheme=0
picture narrow --window-size=420,2400
"$chromium" --headless --no-sandbox --disable-gpu --no-pdf-header-footer --print-to-pdf="$(realpath "$folder")/printed.pdf" "$page" 2> "$folder/printed.log"
[ "$(head -c 5 "$folder/printed.pdf")" = "%PDF-" ]
python3 - "$folder"/{light,dark,narrow}.png <<'PYTHON'
import struct, sys, zlib
for path in sys.argv[1:]:
    data = open(path, "rb").read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n", path
    offset, packed = 8, b""
    while offset < len(data):
        size, kind = struct.unpack_from(">I4s", data, offset)
        packed += data[offset + 8 : offset + 8 + size] if kind == b"IDAT" else b""
        offset += 12 + size
    shades = set(zlib.decompress(packed))
    assert len(shades) > 50, f"{path}: an empty page"
    print(path, len(data), "bytes")
PYTHON
