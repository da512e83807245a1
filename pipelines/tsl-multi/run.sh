#!/usr/bin/env bash
# Students of several teachers: uniform weights, weights of the target, weights of each sentence; of one teacher of all sources; and what
# the teachers give without a student, as an ensemble.
# Usage: pipelines/tsl-multi/run.sh [--sample] [TARGET] [SEED]     (see pipelines/lib.sh)
source "$(dirname "$0")/../lib.sh"
models=() teachers=()
for language in $(sources); do
  model=$(teacher "$language" "$seed")
  models+=("$model") teachers+=("score.teacher=$model")
done
pooled=$(pooled_teacher "$seed")
weights=$(weights)
evaluate direct-sources "${models[@]}"
student tsl-pooled tsl-single/pipeline.yaml "score.teacher=$pooled"
student tsl-uniform tsl-single/pipeline.yaml "${teachers[@]}"
student tsl-domain "${teachers[@]}" "score.weights=$weights"
student tsl-sentence "${teachers[@]}" "score.weights=$weights" score.weight-level=sentence
