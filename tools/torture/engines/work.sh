# What the tests of engines share: a job on the sample world, how it comes out in plain, and who kills its processes.
# Source it; WORK is the folder, NERPIPE the program.

root=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../../..")
recipes=$root/pipelines/cluster
units=12
export PYTHONDONTWRITEBYTECODE=1

say() { printf '%s: %s\n' "$engine" "$*"; }
fail() {
  say "FAILED: $*"
  exit 1
}

# Text, table, teacher, a job, and what comes of it: unit after unit, and in one process. Made once.
prepare() {
  mkdir -p "$WORK"
  cd "$WORK"
  [ ! -f expected ] || return 0
  local tables=() file i round
  for file in "$root"/corpora/sample/vectors/*.vec.zst; do tables+=("$(basename "$file" .vec.zst)=$file"); done
  "$NERPIPE" vectors import -q "${tables[@]}" -o sample.vectors --force
  "$NERPIPE" train -q "$root/corpora/sample/qaa/train.conll.zst" --lang qaa --vectors sample.vectors --epochs 1 -o teacher --fresh
  mkdir -p text
  for i in 1 2 3; do
    for _ in $(seq 12); do zstdcat "$root"/corpora/sample/qab/unlabelled/*.txt.zst; done >text/$i.txt
  done
  # One of them in frames that say how much is in them.
  split -b 300000 text/2.txt part-
  zstd -q -f --rm part-??
  cat part-??.zst >text/2.txt.zst
  rm part-??.zst text/2.txt
  # Plain kernels are slow, so that there is time to kill.
  cat >job.sh <<JOB
nerpipe=$NERPIPE
export NERPIPE_KERNELS=plain
language=qab
text=('text/*')
table=sample.vectors
teacher=teacher
units=$units
folder=\${FOLDER:-plain}
options=(-q -j 1 --wait 600)
rounds=0
student=\${STUDENT:-student}
initial=
update=(--epochs 3)
merge=(--outer nesterov)
JOB
  for i in $(seq "$units"); do "$recipes/step.sh" job.sh score "$i"; done
  export NERPIPE_KERNELS=plain
  "$NERPIPE" tokenize -q --lang qab --fixed-blocks 'text/*' | "$NERPIPE" embed -q --vectors sample.vectors \
    | "$NERPIPE" score -q --teacher teacher -o one.zst --force
  "$NERPIPE" sample -q --share 1 plain/scored/*.zst | cmp - <("$NERPIPE" sample -q --share 1 one.zst)
  unset NERPIPE_KERNELS
  # Rounds: of three of the units, one process after the other.
  mkdir -p three/scored
  for i in 1 2 3; do cp plain/scored/0000$i-of-000$units.zst three/scored/0000$i-of-00003.zst; done
  rounds_in student >/dev/null
  for round in 1 2 3 4; do
    for i in 1 2 3; do "$recipes/step.sh" student.job.sh "$round" "$i"; done
    NERPIPE_KERNELS=plain "$NERPIPE" merge -q --round "$round/4" --outer nesterov -o student
  done
  models student >expected-models
  streams plain >expected.tmp
  mv expected.tmp expected
}

# The job with another folder, by a file of its own: engines do not hand an environment on.
job_in() {
  { printf 'FOLDER=%s\n' "$WORK/$1"; cat "$WORK/job.sh"; } >"$WORK/$1.job.sh"
  rm -rf "${WORK:?}/$1" "$WORK/$1".{kills,over}
  touch "$WORK/$1.kills"
  echo "$WORK/$1.job.sh"
}

# As job_in, rounds: the folder is the student.
rounds_in() {
  local job
  job=$(job_in "$1")
  printf 'text=() units=3 folder=three rounds=4 student=%s\n' "$WORK/$1" >>"$job"
  echo "$job"
}

# The models of all rounds, and what the outer optimizer keeps.
models() { (cd "$1" && sha256sum ./*/{model.safetensors,config.json,velocity}); }

streams() { (cd "$1" && sha256sum tokens/*.zst embedded/*.zst scored/*.zst); }

# All streams of a folder have the bytes that they should have, and nothing is left behind.
expect_same_bytes() {
  streams "$WORK/$1" | cmp - "$WORK/expected" || fail "$1: other bytes"
  local rest
  rest=$(find "$WORK/$1" -name '*.tmp' -o -name '*.attempt.json')
  [ -z "$rest" ] || fail "$1: left behind: $rest"
  say "$1: $((units * 3)) streams as in plain, kills: $(wc -l <"$WORK/$1.kills")"
}

# So has the student, in every round.
expect_same_student() {
  models "$WORK/$1" | cmp - "$WORK/expected-models" || fail "$1: another student"
  local rest
  rest=$(find "$WORK/$1" -name '*.tmp' -o -name '*.delta' -o -name '*.state')
  [ -z "$rest" ] || fail "$1: left behind: $rest"
  say "$1: the student is that of one process after the other, killed: $(cut -d ' ' -f 2 "$WORK/$1.kills" | sort | uniq -c | xargs)"
}

# Rounds on an engine: workers, merges and the driver are killed at random points, and the driver is begun again until all is done.
# Usage: torture_rounds NAME ENGINE [option of the engine ...]
torture_rounds() {
  local name=$1 job attempt driver killer
  shift
  job=$(rounds_in "$name")
  write_killer_of_merges
  echo "nerpipe=$WORK/nerpipe-merges-die" >>"$job"
  kill_some "$name" 8 &
  killer=$!
  for attempt in $(seq 30); do
    "$recipes/drive.sh" "$job" "$@" >"$WORK/$name.log" 2>&1 &
    driver=$!
    if [ "$attempt" -le 2 ]; then
      sleep "$((RANDOM % ${DRIVER_LIVES:-3})).$((RANDOM % 10))"
      if kill -9 $driver 2>/dev/null; then echo "$driver driver" >>"$WORK/$name.kills"; fi
    fi
    if wait $driver; then break; fi
  done 2>/dev/null
  touch "$WORK/$name.over" && wait $killer
  "$recipes/status.sh" "$job" >/dev/null || fail "$name: not done after $attempt calls: $(tail -5 "$WORK/$name.log")"
  for who in nerpipe merge driver; do grep -q " $who" "$WORK/$name.kills" || fail "$name: no $who was killed"; done
  # Whom a killed driver left behind, then what they left.
  while [ -n "$(processes "$WORK/$name" nerpipe)" ]; do sleep 0.2; done
  "$recipes/drive.sh" "$job" "$@" >"$WORK/$name.log" 2>&1 || fail "$name: $(tail -5 "$WORK/$name.log")"
  expect_same_student "$name"
}

# nerpipe, but the first three merges of a student are killed, somewhere in the fraction of a second that they take.
write_killer_of_merges() {
  cat >"$WORK/nerpipe-merges-die" <<SCRIPT
#!/usr/bin/env bash
kills=\${!#}.kills   # -o comes last
if [ "\$1" != merge ] || [ "\$(grep -c ' merge' "\$kills")" -ge 3 ]; then exec "$NERPIPE" "\$@"; fi
"$NERPIPE" "\$@" &
sleep "0.0\$((RANDOM % 8))"
kill -9 \$! 2>/dev/null || true
status=0
wait \$! || status=\$?
[ \$status != 137 ] || echo "\$! merge" >>"\$kills"
exit \$status
SCRIPT
  chmod +x "$WORK/nerpipe-merges-die"
}

# Processes that have a folder in their command line and a name that begins so, by their ids.
processes() {
  local file id comm
  for file in $(grep -lsF "$1" /proc/[0-9]*/cmdline); do
    id=${file#/proc/} id=${id%/cmdline}
    { read -r comm <"/proc/$id/comm"; } 2>/dev/null || continue
    [[ $comm != "$2"* ]] || echo "$id"
  done
}

# Kills -9 one process of the folder after the other, at random times, until there were so many or the job is done.
# Usage: kill_some FOLDER COUNT [NAME]
kill_some() {
  local folder=$1 count=$2 name=${3:-nerpipe} id
  while [ "$count" -gt 0 ] && [ ! -f "$WORK/$folder.over" ]; do
    sleep "0.$((RANDOM % 9 + 1))"
    id=$(processes "$WORK/$folder" "$name" | shuf -n 1)
    if [ -n "$id" ] && kill -9 "$id" 2>/dev/null; then
      echo "$id $name" >>"$WORK/$folder.kills"
      count=$((count - 1))
    fi
  done
}

# Waits until so many units of a folder are done, so that what follows comes in the middle.
wait_for_units() {
  local end=$((SECONDS + ${ENGINES_PATIENCE:-300}))
  until [ "$(ls "$WORK/$1/scored" 2>/dev/null | grep -c 'of-[0-9]*.json$')" -ge "$2" ]; do
    [ $SECONDS -lt $end ] || fail "$1: no $2 units in ${ENGINES_PATIENCE:-300} s"
    sleep 0.1
  done
}
