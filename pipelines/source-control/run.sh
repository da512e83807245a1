#!/usr/bin/env bash
# A control: the teacher, trained on for as many more tokens of the source as a student sees of the target.
# Usage: pipelines/source-control/run.sh [--sample] [TARGET] [SEED]     (see pipelines/lib.sh)
source "$(dirname "$0")/../lib.sh"
of_target=$(tokens "$target")
of_source=$(tokens "$source")
epochs=$((6 + (8 * of_target + of_source / 2) / of_source))
longer=$(teacher "$source" "$seed" --epochs "$epochs")
evaluate source-control "$longer"
