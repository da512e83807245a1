#!/usr/bin/env bash
# Students of one teacher: squared error, KL, hard labels. With mse the same as `nerpipe run pipeline.yaml`, as a shell pipe.
# Usage: pipelines/tsl-single/run.sh [--sample] [TARGET] [SEED]     (see pipelines/lib.sh)
source "$(dirname "$0")/../lib.sh"
teacher=$(teacher "$source" "$seed")
student tsl --teacher "$teacher" -- --objective mse
student tsl-kl --teacher "$teacher" -- --objective kl
student tsl-hard --teacher "$teacher" -- --objective hard
