#!/usr/bin/env bash
# The recipe of GNU parallel with its workers, its driver and its signals against it.
set -euo pipefail
engine=parallel
source "$(dirname "$0")/work.sh"
command -v parallel >/dev/null || apt-get install -y -q --no-install-recommends parallel >/dev/null
say "$(parallel --version | sed -n 1p)"
export PARALLEL_HOME=$WORK/parallel-home
mkdir -p "$PARALLEL_HOME" && touch "$PARALLEL_HOME/will-cite"
prepare

# Workers are killed: those that were retried in vain are done by the next call.
job=$(job_in killed)
kill_some killed 15 &
killer=$!
for attempt in $(seq 10); do
  "$recipes/drive.sh" "$job" parallel --jobs 2 >killed.log 2>&1 && break
done
touch killed.over && wait $killer
"$recipes/status.sh" "$job" >/dev/null || fail "not done after $attempt calls"
[ "$(wc -l <killed.kills)" -ge 5 ] || fail "only $(wc -l <killed.kills) kills"
expect_same_bytes killed

# In another order, each unit twice at once.
job=$(job_in permuted)
(seq $units; seq $units) | parallel --shuf --jobs 4 "$recipes/step.sh" "$job" score 2>permuted.log || fail "permuted: $(cat permuted.log)"
expect_same_bytes permuted

# The driver is killed at random points: its jobs go on without it, and beside those of the next one.
job=$(job_in driver)
for attempt in $(seq 20); do
  "$recipes/drive.sh" "$job" parallel --jobs 2 >driver.log 2>&1 &
  driver=$!
  sleep "$((attempt % 3)).$((RANDOM % 9))"
  id=$(processes "$WORK/driver" parallel | sed -n 1p)
  if [ $attempt -lt 6 ] && [ -n "$id" ]; then kill -9 "$id" && echo "$id driver" >>driver.kills; fi
  wait $driver && break
done
"$recipes/status.sh" "$job" >/dev/null || fail "driver: not done after $attempt calls"
[ "$(wc -l <driver.kills)" -ge 2 ] || fail "the driver was killed too seldom"
expect_same_bytes driver

# SIGHUP: parallel ends with 0, and jobs were never run; the recipe does not.
job=$(job_in hangup)
"$recipes/drive.sh" "$job" parallel --jobs 1 >hangup.log 2>&1 &
driver=$!
wait_for_units hangup 2
kill -HUP "$(processes "$WORK/hangup" parallel | sed -n 1p)"
status=0
wait $driver || status=$?
[ $status = 1 ] || fail "after SIGHUP the recipe ends with $status: $(cat hangup.log)"
grep -q "waiting" hangup.log || fail "after SIGHUP nothing waits"
! awk 'NR > 1 && ($7 != 0 || $8 != 0)' hangup/parallel/score.log | grep -q . || fail "the log names failed jobs after SIGHUP"
say "after SIGHUP: $(awk 'NR > 1' hangup/parallel/score.log | wc -l) of $units units in the log, none of them failed; the recipe ends with 1"

# SIGTERM twice: units end with 75 and are interrupted, not failed; --resume-failed takes them again, --resume would not.
job=$(job_in interrupted)
"$recipes/drive.sh" "$job" parallel --jobs 2 >interrupted.log 2>&1 &
driver=$!
wait_for_units interrupted 2
id=$(processes "$WORK/interrupted" parallel | sed -n 1p)
kill -TERM "$id" && sleep 0.2 && kill -TERM "$id" 2>/dev/null || true
wait $driver && fail "interrupted, and done?" || true
grep -Eq "interrupted|waiting" interrupted.log || fail "$(cat interrupted.log)"
for attempt in 1 2 3; do "$recipes/drive.sh" "$job" parallel --jobs 2 >interrupted.log 2>&1 && break; done
expect_same_bytes interrupted

# A job that was changed when its units were done is refused, though parallel begins none of them.
echo 'language=qaa' >>"$job"
status=0
"$recipes/drive.sh" "$job" parallel --jobs 2 >interrupted.log 2>&1 || status=$?
[ $status = 78 ] || fail "a changed job ends with $status: $(cat interrupted.log)"

# Rounds: workers, merges and the driver are killed; the jobs of a driver that is gone go on beside those of the next one.
torture_rounds rounds parallel --jobs 2
say passed
