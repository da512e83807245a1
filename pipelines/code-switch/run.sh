#!/usr/bin/env bash
# A teacher that has seen its data code-switched into the target too: applied as it is, and distilled.
# Usage: pipelines/code-switch/run.sh [--sample] [TARGET] [SEED]     (see pipelines/lib.sh)
source "$(dirname "$0")/../lib.sh"
switched=$(switched_teacher "$seed")
evaluate direct-switched "$switched"
student tsl-switched
