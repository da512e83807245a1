#!/usr/bin/env bash
# Students of one teacher: squared error, KL, hard labels.
# Usage: pipelines/tsl-single/run.sh [--sample] [TARGET] [SEED]     (see pipelines/lib.sh)
source "$(dirname "$0")/../lib.sh"
teacher "$source" "$seed" > /dev/null
student tsl
student tsl-kl update.objective=kl
student tsl-hard update.objective=hard
