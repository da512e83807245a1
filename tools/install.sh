#!/usr/bin/env bash
# Builds nerpipe and installs it: the program, completions for bash, zsh and fish, man pages, licence.
# Usage: tools/install.sh                into /usr/local (with sudo, if need be)
#        PREFIX=$HOME/.local tools/install.sh
#   DESTDIR=FOLDER      a root to install under, for packages
#   NERPIPE=PROGRAM     install this one, instead of building
# Nothing else is needed to run it: the program brings its libraries along. To remove it: tools/install.sh --remove
set -euo pipefail
cd "$(dirname "$0")/.."
prefix=${PREFIX:-/usr/local}
root=${DESTDIR:-}$prefix
bash_folder=$root/share/bash-completion/completions zsh_folder=$root/share/zsh/site-functions fish_folder=$root/share/fish/vendor_completions.d
man_folder=$root/share/man/man1 document_folder=$root/share/doc/nerpipe
if [ "${1:-}" = --remove ]; then
  rm -f "$root/bin/nerpipe" "$bash_folder/nerpipe" "$zsh_folder/_nerpipe" "$fish_folder/nerpipe.fish" "$man_folder"/nerpipe{,-*}.1.gz
  rm -rf "$document_folder"
  exit
fi
[ $# -eq 0 ] || { sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 64; }
program=${NERPIPE:-}
if [ -z "$program" ]; then
  tools/setup.sh
  swift build -c release --product nerpipe
  program=.build/release/nerpipe
fi
mkdir -p "$root/bin" "$bash_folder" "$zsh_folder" "$fish_folder" "$man_folder" "$document_folder"
# Under another name first: the program may be running.
install -m 755 "$program" "$root/bin/nerpipe.new"
mv "$root/bin/nerpipe.new" "$root/bin/nerpipe"
# Where no word is known to stand, it is a file: the generated scripts offer nothing there.
"$program" --generate-completion-script bash | sed 's/^\( *complete \)\(-o filenames \)\{0,1\}/\1-o bashdefault -o default -o filenames /' > "$bash_folder/nerpipe"
"$program" --generate-completion-script zsh | sed "s/:\([a-z0-9|=._-]*\):'/:\1:_files'/" > "$zsh_folder/_nerpipe"
"$program" --generate-completion-script fish > "$fish_folder/nerpipe.fish"
python3 -B tools/package/manual.py "$program" "$man_folder"
gzip -9nf "$man_folder"/nerpipe{,-*}.1
install -m 644 LICENSE "$document_folder/copyright"
gzip -9nc CHANGELOG.md > "$document_folder/changelog.gz"
echo "installed $root/bin/nerpipe; $("$program" --version | head -1)" >&2
