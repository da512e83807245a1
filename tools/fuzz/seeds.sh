#!/usr/bin/env bash
# Makes files of every form, of some kilobytes each, for the fuzzer to begin with.
set -eu
cd "$(dirname "$0")/../.."
root="$PWD"
mkdir -p "$1"
cd "$1"
[ ! -f complete ] || exit 0
nerpipe="$root/.build/release/nerpipe"
[ -x "$nerpipe" ] || nerpipe="$root/.build/debug/nerpipe"
sample="$root/corpora/sample"
mkdir -p stream columns shard checkpoint table vectors safetensors configuration conll jsonl labels text dictionary pipeline counts weights study languages measures lines program work
zstdcat "$sample"/qaa/train.conll.zst | head -60 > work/train.conll
(zstdcat "$sample"/vectors/qaa.vec.zst | head -30 | cut -d' ' -f1-5 | sed '1s/.*/29 4/') > work/v.vec
"$nerpipe" vectors import -q work/v.vec -o work/v.vectors
"$nerpipe" train -q work/train.conll --vectors work/v.vectors --epochs 1 --width 4 --convolutions 1 --feature-buckets 8 --feature-width 2 -o work/m
cut -f1 work/train.conll | tr '\n' ' ' | fold -w 80 > work/a.txt; echo >> work/a.txt
"$nerpipe" tokenize -q work/a.txt --block-bytes 100 -o work/t.zst
"$nerpipe" embed -q --vectors work/v.vectors work/t.zst -o work/e.zst
"$nerpipe" score -q --teacher work/m work/e.zst -o work/s.zst
"$nerpipe" train -q work/train.conll --vectors work/v.vectors --epochs 1 --seed 2 --width 4 --convolutions 1 --feature-buckets 8 --feature-width 2 -o work/n
"$nerpipe" score -q --teacher work/m --teacher work/n work/e.zst -o work/v.zst
"$nerpipe" select -q --weigh-by agreement work/v.zst -o work/w.zst
cp work/[tesvw].zst stream; for f in t e s v w; do zstdcat "work/$f.zst" > "stream/$f"; done
cp work/[tesvw].zst shard
cp "$(ls work/m/checkpoints/* | tail -1)" checkpoint/c.zst; zstdcat checkpoint/c.zst > checkpoint/c
cp work/v.vectors table/v; "$nerpipe" vectors import -q --rows int8 xx=work/v.vec -o table/i
cp work/v.vec vectors/v; tail -n +2 work/v.vec > vectors/glove; zstd -q work/v.vec -o vectors/v.zst
printf '2 2\na \0\0\200\77\0\0\0\77bc \0\0\0\0\0\0\200\277' > vectors/binary
cp work/m/model.safetensors safetensors/m
cp work/m/config.json configuration/m
cp work/train.conll conll/a; tr '\t' ' ' < work/train.conll > conll/b; printf -- '-DOCSTART- O\n\n\xef\xbb\xbfa\tO\r\n\n' > conll/c
printf '{"id": "1", "text": "One two.\\n\\u00e9 \\ud83d\\ude00"}\n{"text": "", "x": [1, {"y": null}], "id": 7}\n' > jsonl/a
for form in doccano label-studio prodigy hf-tokens hf-spans documents conllu; do "$nerpipe" convert -q work/train.conll - --to "$form" | head -c 3000 > "labels/$form" || true; done
printf '{"text": "\xf0\x9f\x98\x80 Anna.", "label": [[3, 7, "P"], [3, 8, "Q"]]}\n{"id": 1, "text": "a b", "entities": [{"label": "X", "start_offset": 0, "end_offset": 3}], "relations": [{}]}\n' > labels/a
printf '{"text":"ab cd","entities":{"start":[0],"end":[2],"label":[1]}}\n{"text":"ab cd","spans":[[1,4,"X"]]}\n' > labels/b
printf '[{"id": 1, "annotations": [{"was_cancelled": true, "result": []}, {"result": [{"value": {"start": 0, "end": 2, "text": "ab", "labels": ["X", "Y"]}}, {"value": {"choices": ["z"]}}]}], "data": {"text": "ab cd"}},\n {"id": 2, "annotations": [], "data": {"body": "x"}}]\n' > labels/c
printf '[{"id": 1, "text": "ab", "label": [{"start": 0, "end": 2, "text": "ab", "labels": ["X"]}], "annotator": 1, "annotation_id": 1, "lead_time": 1.5}]' > labels/d
printf '{"tokens": ["a", "", "b c"], "ner_tags": [1, 0, 3]}\n{"words": ["a"], "tags": ["U-X"]}\n' > labels/e
printf 'T1\tX 0 4\tAnna\nT2\tY 7 10;11 14\tmet Bob\nT3\tX 0 4;11 14\tAnna Bob\nR1\tr Arg1:T1 Arg2:T2\n#1\tNote T1\tx\n' > labels/f
cp work/a.txt text/a; printf 'caf\xc3\xa9 \xe4\xbd\xa0\xe5\xa5\xbd \xf0\x9f\x98\x80\n\xff\xfe \xed\xa0\x80\n' > text/b
"$nerpipe" evaluate --model work/m work/train.conll --bootstrap 0 --json --counts counts/a > work/scores
"$nerpipe" evaluate --model work/m work/train.conll --bootstrap 0 --seen work/train.conll --counts counts/seen > work/scores
cp "$root"/pipelines/results*.yaml "$root"/pipelines/gain/study.yaml study
head -5 "$root/pipelines/gain/languages.tsv" > languages/a; printf 'target\tfamily\tx\r\nes\t-\t1e-3\r\n' > languages/b
"$nerpipe" divergence -q work/a.txt --lang yy --source xx=work/train.conll --csv > measures/a; head -40 "$root/pipelines/gain/measures.csv" > measures/b
printf 'es direct 1 40.25\nes tsl 1 41\n' > lines/a
"$nerpipe" weigh -q --source a=work/e.zst --source b=work/e.zst work/e.zst -o weights/a > work/weights
printf 'a\tb\nc\td\t0.5\ne\tf\t0.5\t0.25\t12\n' > dictionary/a
cp "$root"/pipelines/*/pipeline.yaml pipeline 2> /dev/null || true
"$root"/tools/fuzz/program_seeds.py program
printf '%b' '\0\0\4\0\3\0\0\0\0' > columns/a
# One token: ends, text ends, flags, document, its end, sentence's document, offset, text, row, composed, feature, probabilities, votes, weight.
python3 -c "
from struct import pack; from sys import stdout
u = lambda form, *values: pack('<H' + form, sum(len(pack('<' + c, 0)) for c in form), *values)
stdout.buffer.write(u('I', 1) + u('I', 1) + u('B', 0) + u('B', 97) + u('I', 1) + u('I', 0) + u('Q', 0) + u('B', 97) + u('I', 1) + u('') + u('I', 3)
       + u('HHH', 0x3C00, 0, 0) + u('B', 2) + u('f', 0.5))" > columns/b
touch complete
