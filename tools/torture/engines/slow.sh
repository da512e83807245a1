#!/usr/bin/env bash
# Rounds in which one worker is ten times slower than the others: it is stopped for nine tenths of its time. Alone it decides how long a round takes;
# with a twin, that begins when the others are done, the round ends when the twin does. The bytes are the same.
set -euo pipefail
engine=slow
source "$(dirname "$0")/work.sh"
prepare

# As nerpipe; the slow one, when SLOW says so, at unit 2.
cat >nerpipe-slow <<SLOW
#!/usr/bin/env bash
case "\${SLOW:-} \$*" in "yes update "*/00002-of-00003.zst*) ;; *) exec "$NERPIPE" "\$@" ;; esac
"$NERPIPE" "\$@" &
while kill -0 \$! 2>/dev/null; do
  kill -STOP \$! 2>/dev/null || true
  sleep 0.18
  kill -CONT \$! 2>/dev/null || true
  sleep 0.02
done
wait \$!
SLOW
chmod +x nerpipe-slow

# Usage: rounds_of NAME: four rounds; sets `tenths` of a second
rounds_of() {
  local name=$1 job start=${EPOCHREALTIME/./}
  job=$(rounds_in "$name")
  echo "nerpipe=$WORK/nerpipe-slow" >>"$job"
  if [ "${TWINS:-}" = yes ]; then twins "$name" "$job" & fi
  "$recipes/drive.sh" "$job" processes 3 >"$name.log" 2>&1 || fail "$name: $(tail -5 "$name.log")"
  wait
  expect_same_student "$name"
  tenths=$(((${EPOCHREALTIME/./} - start) / 100000))
  say "$name: $tenths tenths of a second"
}

# A twin of unit 2 in each round, when the others are done.
twins() {
  local round place
  for round in 1 2 3 4; do
    place=$WORK/$1/0000$round-of-00004
    until [ -f "$place/run.json" ] || [ "$(ls "$place"/*.delta 2>/dev/null | wc -l)" -ge 2 ]; do sleep 0.1; done
    SLOW= "$recipes/step.sh" "$2" "$round" 2
  done
}

rounds_of slow-none
SLOW=yes rounds_of slow-alone
alone=$tenths
# Twins are as quick as the others: SLOW is for the driver's own.
TWINS=yes SLOW=yes rounds_of slow-twin
[ "$tenths" -lt "$alone" ] || fail "a twin does not help: $tenths tenths of a second against $alone"
say passed
