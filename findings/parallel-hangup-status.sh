#!/usr/bin/env bash
# What GNU parallel answers when its terminal goes away, or whoever started it is told so, with jobs that it never began.
#
# Guess, written down before:  parallel, told to stop by SIGHUP, ends as other programs do: not with 0, which says that no job failed and all were run.
# Fact:                        GNU parallel 20221122 (Debian 12) takes SIGHUP for "start no new jobs", waits for those that run, and ends
#                              with 0. Its --joblog has no line for a job that was not begun, so --resume-failed and a look for failed lines find nothing
#                              amiss either. SIGTERM, in contrast, ends it with another status.
# Why it matters to us:        corpora are annotated and shards tokenized under parallel in login sessions; `parallel ... && merge` goes on with the
#                              half that was done when the connection was lost. Count the lines of the log, or let what is done say so itself.
#
# Needs parallel (apt-get install parallel). Ends with 1 when the fact has changed.
set -euo pipefail
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir home && touch home/will-cite
export PARALLEL_HOME="$folder/home"
parallel --version | head -1
changed=0
for signal in HUP TERM; do
  parallel --joblog "$signal.log" --jobs 1 "sleep 1; echo {} >> $signal.out" ::: 1 2 3 4 5 6 2>"$signal.err" &
  id=$!
  until [ -s "$signal.out" ]; do sleep 0.1; done
  kill -"$signal" $id
  status=0
  wait $id || status=$?
  done=$(wc -l <"$signal.out") logged=$(awk 'NR > 1' "$signal.log" | wc -l) failed=$(awk 'NR > 1 && ($7 != 0 || $8 != 0)' "$signal.log" | wc -l)
  echo "SIG$signal: status $status, $done of 6 jobs done, $logged in the log, $failed of them failed"
  [ "$done" -lt 6 ] || changed=1
  if [ $signal = HUP ]; then [ "$status $failed" = "0 0" ] || changed=1; else [ "$status" != 0 ] || changed=1; fi
done
exit $changed
