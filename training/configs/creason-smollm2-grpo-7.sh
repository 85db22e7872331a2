#!/bin/sh
# The adapter that answers by default, creason-smollm2-grpo@7, from nothing: every command and every seed.
#
#   training/configs/creason-smollm2-grpo-7.sh            the stages that were clocked took 5.4 hours on two cores
#   DRY_RUN=1 training/configs/creason-smollm2-grpo-7.sh  writes the settings of each stage, prints the commands
#
# From docs/training-log.md, the manifests of the versions that shipped, and the configurations of that time. What this
# makes is an adapter of the same recipe, not the same bytes:
#   * Stages 1 to 8 had rationales in the words of their time (versions 1 to 8 of them); today's are version 10, which
#     without notes reads as version 9.
#   * Lines marked "≈" say something that was not written down: they are what the sizes and the log make likely.
#   * Completions sampled by a server do not repeat themselves.
# Stratified questions then were of version 1 of the design, which is asked for here by its name.
set -eu
WORK=${WORK:-var/creason-smollm2-grpo-7}
CONFIGS=$(cd "$(dirname "$0")" && pwd)
PYTHON=${PYTHON:-python}
mkdir -p "$WORK"

run() { # prints a command, and does it
  printf '%s\n' "$*"
  [ -n "${DRY_RUN:-}" ] || "$@"
}

questions() { # questions NAME OPTION...: a file of questions about training patients
  name=$1; shift
  run creason questions build --cohort rhc-sepsis --split train --out "$WORK/$name.parquet" "$@"
}

rationales() { # rationales NAME SHOWN: what the registry's statistics say about each, with a share of the record shown
  run "$PYTHON" -m training.rationales "$WORK/$1.parquet" --shown "$2" --out "$WORK/rationales-$1.parquet"
}

stage() { # stage NUMBER START LIMIT LEARNING_RATE FILE...: supervised training on from the adapter of START
  number=$1 start=$2 limit=$3 rate=$4; shift 4
  {
    printf 'extends: %s/warm-start-on.yaml\nstart: %s/%s/adapter\nout: %s/%s\n' \
      "$CONFIGS" "$WORK" "$start" "$WORK" "$number"
    printf 'limit: %s\nlearning_rate: %s\nrationales:\n' "$limit" "$rate"
    printf "  - $WORK/%s.parquet\n" "$@"
  } > "$WORK/$number.yaml"
  run "$PYTHON" -m training.sft --config "$WORK/$number.yaml"
}

run creason model pull

# The warm start: class-balanced, creason-smollm2@1 to @4 (@4 ships). Commits c810efb, c020e4b (≈), cb55f2e, 8c0fee6.
questions 1 --design stratified-1 --balanced --limit 12000 --seed 1
rationales 1 1
printf 'extends: %s/warm-start.yaml\ncompiled: false\nrationales: [%s/rationales-1.parquet]\nout: %s/stage-1\n' \
  "$CONFIGS" "$WORK" "$WORK" > "$WORK/stage-1.yaml"
run "$PYTHON" -m training.sft --config "$WORK/stage-1.yaml"
questions 3 --design stratified-1 --balanced --limit 8000 --seed 3
rationales 3 1
stage stage-2 stage-1 4400 7.0e-4 rationales-3
questions 5 --design stratified-1 --balanced --limit 8000 --seed 5 # ≈ limit
rationales 5 1
stage stage-3 stage-2 2400 7.0e-4 rationales-5
questions 8 --design stratified-1 --balanced --limit 8000 --seed 8 # ≈ limit
rationales 8 1
stage stage-4 stage-3 2400 7.0e-4 rationales-8

# The numbers of the published design, which come by twos to fives. Commit ac0af2e.
questions 13 --design paper --about numbers --limit 600 --seed 13
rationales 13 1
questions 9 --design stratified-1 --balanced --limit 900 --seed 9
rationales 9 1
stage stage-5 stage-4 1100 7.0e-4 rationales-13 rationales-9

# Which number is usual: by name (6), told with the standing of each option (7, 8).
questions 14 --design paper --about numbers --quota 90 --seed 14
rationales 14 0.25
questions 6w --design paper --about numbers --limit 200 --seed 15 # ≈ seed
rationales 6w 1
questions 6b --design stratified-1 --balanced --limit 300 --seed 16 # ≈ seed
rationales 6b 1
stage stage-6 stage-5 2200 7.0e-4 rationales-14 rationales-6w rationales-6b # ≈ rate
questions 7 --design paper --about numbers --limit 1040 --seed 17 # ≈ all of it but the number of rationales
rationales 7 0.25
stage stage-7 stage-6 1040 7.0e-4 rationales-7
questions 8p --design paper --about numbers --limit 1100 --seed 18 # ≈ all of it but the number of rationales
rationales 8p 0.25
stage stage-8 stage-7 1100 7.0e-4 rationales-8p

# One form for the numbers of both designs. Rates of 9 and 10 are ≈.
questions 21 --design paper --about numbers --limit 800 --seed 21
rationales 21 0.25
questions 19 --design paper --about numbers --limit 60 --seed 19
rationales 19 1
questions 23 --design stratified-1 --about numbers --limit 200 --seed 23
rationales 23 0.25
questions 24 --design stratified-1 --about numbers --limit 300 --seed 24
rationales 24 1
questions 25 --design stratified-1 --about levels --balanced --limit 100 --seed 25
rationales 25 1
stage stage-9 stage-8 1460 7.0e-4 rationales-21 rationales-19 rationales-23 rationales-24 rationales-25
questions 31 --design paper --about numbers --limit 360 --seed 31
rationales 31 0.25
questions 33 --design paper --about numbers --limit 40 --seed 33
rationales 33 1
questions 32 --design stratified-1 --about numbers --limit 120 --seed 32
rationales 32 0.25
questions 34 --design stratified-1 --about numbers --limit 40 --seed 34
rationales 34 1
stage stage-10 stage-9 560 7.0e-4 rationales-31 rationales-33 rationales-32 rationales-34

# Reinforcement on levels as they come: creason-smollm2-grpo@5.
questions 35 --design paper --about levels --limit 2500 --seed 35
questions 36 --design stratified-1 --about levels --limit 1500 --seed 36
{
  printf 'extends: %s/grpo-as-they-come.yaml\nstart: %s/stage-10/adapter\nout: %s/grpo\nversion: "5"\n' \
    "$CONFIGS" "$WORK" "$WORK"
  printf 'questions: [%s/35.parquet, %s/36.parquet]\n' "$WORK" "$WORK"
} > "$WORK/grpo.yaml"
run "$PYTHON" -m training.grpo --config "$WORK/grpo.yaml"

# Its own right answers about levels, so that these stay; written then by a vLLM server in bfloat16.
questions 45 --design paper --about levels --limit 150 --seed 45
run creason model register "$WORK/grpo/adapter"
run creason evaluate "$WORK/45.parquet" --engine embedded --model creason-smollm2-grpo@5 --scoring greedy \
  --max-tokens 200 --out "$WORK/levels"
run "$PYTHON" -m training.rejection_sampling "$WORK/levels" --out "$WORK/samples-levels.parquet"

# Numbers after it: creason-smollm2-grpo@6 and @7. Commit a0c55bd.
questions 41 --design paper --about numbers --limit 300 --seed 41
rationales 41 0.25
questions 43 --design paper --about numbers --limit 60 --seed 43
rationales 43 1
questions 42 --design stratified-1 --about numbers --limit 80 --seed 42
rationales 42 0.25
stage after-1 grpo 560 5.0e-4 rationales-41 rationales-43 rationales-42 samples-levels
questions 51 --design paper --about numbers --limit 480 --seed 51
rationales 51 0.25
questions 53 --design paper --about numbers --limit 60 --seed 53
rationales 53 1
questions 52 --design stratified-1 --about numbers --limit 60 --seed 52
rationales 52 0.25
stage after-2 after-1 720 5.0e-4 rationales-51 rationales-53 rationales-52 samples-levels

run "$PYTHON" -m training.package build "$WORK/after-2/adapter" "$WORK/creason-smollm2-grpo" \
  --name creason-smollm2-grpo --version 7 --parent creason-smollm2-grpo@6
