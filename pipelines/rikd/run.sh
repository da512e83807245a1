#!/usr/bin/env bash
# Three rounds of teacher and student: the sentences of each update chosen by a policy (rikd), by chance at the policy's rate, by the
# teacher's entropy at that rate, or all of them (rounds). Usage: pipelines/rikd/run.sh [--sample] [TARGET] [SEED]
source "$(dirname "$0")/../lib.sh"
teacher "$source" "$seed" > /dev/null
students() {    # NAME [DEFINITION.yaml] [SETTING ...]: the student of each round, and its score
  local name=$1 round student
  shift
  student=$(student "$name" "$@")
  for round in 1 2; do evaluate "$name-round$round" "$work/students/$target-$name-$seed/rounds/$round"; done
  echo "$student"
}
kept() {        # NAME: the share of sentences that its policy kept, over all rounds and epochs
  python3 - "$work/students/$target-$1-$seed" << 'END'
import json, pathlib, statistics, sys
runs = [json.loads(path.read_text()) for path in sorted(pathlib.Path(sys.argv[1]).rglob("run.json"))]
print(f"{statistics.mean(epoch['keptShare'] for run in runs for epoch in run['epochs']):.3f}")
END
}
students rounds rounds.yaml
students rikd "update.selector-dev=$source=$(labelled "$source" dev)"
rate=$(kept rikd)
students rikd-random rounds.yaml update.selector=random "update.selector-rate=$rate"
students rikd-entropy keep.yaml "select.keep=$rate"
