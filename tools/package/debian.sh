#!/usr/bin/env bash
# Makes a Debian package: nerpipe_VERSION_ARCHITECTURE.deb in the folder given (default: out). NERPIPE=PROGRAM takes that one instead of building.
# Usage: tools/package/debian.sh [FOLDER]
# The program needs no library, so the package depends on none; gzip is there on every Debian.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=${1:-out}
mkdir -p "$folder"
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"
DESTDIR=$root PREFIX=/usr tools/install.sh
# Debian looks for them there.
mkdir -p "$root/usr/share/zsh/vendor-completions"
mv "$root/usr/share/zsh/site-functions/_nerpipe" "$root/usr/share/zsh/vendor-completions/"
rmdir "$root/usr/share/zsh/site-functions"
version=$("$root/usr/bin/nerpipe" --version | sed -n '1s/.* //p')
architecture=$(dpkg --print-architecture)
mkdir "$root/DEBIAN"
cat > "$root/DEBIAN/control" <<CONTROL
Package: nerpipe
Version: $version
Architecture: $architecture
Maintainer: The nerpipe developers <nerpipe@localhost>
Installed-Size: $(du -sk "$root/usr" | cut -f1)
Section: science
Priority: optional
Description: named-entity taggers for languages nobody annotated
 Trains small, fast taggers by teacher-student learning from labelled text of
 another language, unlabelled text of the target, and what joins the two.
CONTROL
(cd "$root" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) > "$root/DEBIAN/md5sums"
find "$root" -newermt "@0" -exec touch -h -d "@${SOURCE_DATE_EPOCH:-0}" {} +
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-0} dpkg-deb --root-owner-group -Zxz --build "$root" "$folder/nerpipe_${version}_$architecture.deb" >&2
echo "$folder/nerpipe_${version}_$architecture.deb"
