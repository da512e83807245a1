#!/usr/bin/env bash
# Parts that go with any method, each alone on top of TSL. Usage: pipelines/extras/run.sh [--sample] [TARGET] [SEED]
source "$(dirname "$0")/../lib.sh"
plain=$(teacher "$source" "$seed")
seeds=$(seed_teachers | sed 's/^/score.teacher=/')
# Which tokens and sentences count
student tsl-confidence weigh.yaml
# shellcheck disable=SC2086
student tsl-3seeds-agreement weigh.yaml $seeds select.weigh-by=agreement
student tsl-reliability weigh.yaml select.weigh-by=reliability "select.model=$plain" "select.select-seed=$seed"
embedded "$source" > /dev/null
student tsl-independence keep.yaml
# AdvPicker: a teacher trained against a discriminator, and the sentences that are hard to tell
own=$(embedded "$target")
adversarial=$work/teachers/$space-$source-adversarial-$target-$seed
train_adversarial() { train "$adversarial" "$source" "$seed" --adversary "$own"; }
once "$adversarial/run.json" train_adversarial
evaluate direct-adversarial "$adversarial"
student tsl-adversarial tsl-single/pipeline.yaml "score.teacher=$adversarial"
student advpicker keep.yaml "score.teacher=$adversarial" "select.model=$adversarial"
# Weights to begin with, and their running mean
student tsl-from-teacher tsl-single/pipeline.yaml "update.initial=$plain" update.learning-rate=1e-3
student tsl-average tsl-single/pipeline.yaml update.average=0.999
averaged=$(teacher "$source" "$seed" --average 0.999)
student tsl-of-average tsl-single/pipeline.yaml "score.teacher=$averaged"
# Gold sentences of the source among the target's
student tsl-gold gold.yaml "mix.gold=$source=$(labelled "$source" train)"
# Embeddings of the target's own words in the student
student tsl-words words.yaml
