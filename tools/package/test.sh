#!/usr/bin/env bash
# Installs the Debian package in a clean Debian (debootstrap, a network and root are needed) and makes a tagger of the sample world there.
# Usage: tools/package/test.sh [SUITE]      (default: bookworm; MIRROR=http://deb.debian.org/debian; NERPIPE=PROGRAM instead of building)
set -euo pipefail
cd "$(dirname "$0")/../.."
suite=${1:-bookworm}
work=$(mktemp -d)
finish() { umount "$work/root/proc" 2> /dev/null || true; rm -rf "$work"; }
trap finish EXIT
package=$(tools/package/debian.sh "$work")
debootstrap --variant=minbase "$suite" "$work/root" "${MIRROR:-http://deb.debian.org/debian}" > "$work/log" || { tail "$work/log" >&2; exit 1; }
cp "$package" "$work/root/tmp/nerpipe.deb"
mkdir "$work/root/tmp/sample"
cp -r corpora/sample/{qaa,qab,vectors} "$work/root/tmp/sample/"
# The Swift runtime looks for the program's own path there, and stops without it.
mount -t proc proc "$work/root/proc"
chroot "$work/root" bash -euxc '
  dpkg -i /tmp/nerpipe.deb
  cd /tmp
  nerpipe --version
  nerpipe distill -q "sample/qab/unlabelled/*.txt.zst" --lang qab --source qaa=sample/qaa/train.conll.zst \
    --vectors qaa=sample/vectors/qaa.vec.zst --vectors qab=sample/vectors/qab.vec.zst --gold sample/qab/test.conll.zst -o qab
  cat qab/report.md
  nerpipe tag -q --model qab/model.nerpipe --lang qab sample/qab/test.conll.zst | head -3
  ls /usr/share/man/man1/nerpipe*.gz | wc -l
  dpkg -r nerpipe
  test ! -e /usr/bin/nerpipe
' >&2
echo "the package installs, works and goes in a clean $suite" >&2
