#!/usr/bin/env bash
# Direct transfer: a teacher applied to the target as it is; of English alone, of several sources pooled, and three seeds as an ensemble.
# Usage: pipelines/direct/run.sh [--sample] [TARGET] [SEED]     (see pipelines/lib.sh)
source "$(dirname "$0")/../lib.sh"
first=$(teacher "$source" "$seed")
seeds=$(seed_teachers)
pooled=$(pooled_teacher "$seed")
evaluate direct "$first"
# shellcheck disable=SC2086
evaluate direct-seeds $seeds
evaluate direct-pooled "$pooled"
