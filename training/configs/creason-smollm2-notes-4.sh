#!/bin/sh
# The adapter that reads the registry's notes, creason-smollm2-notes@4, on from creason-smollm2@4, which ships: every
# command and every seed.
#
#   training/configs/creason-smollm2-notes-4.sh            some two hours on two cores
#   DRY_RUN=1 training/configs/creason-smollm2-notes-4.sh  writes the settings of each stage, prints the commands
#
# ist-stroke is made of the trial's public file: creason cohort make-ist IST.csv.gz (docs/cohorts.md).
# What this makes is an adapter of the same recipe, not the same bytes: the rationales of the first stage had no running
# counts yet (version 9 of them; today's are version 10), and that stage was stopped after 100 steps of a longer one and
# went on for 30 with the limit below.
set -eu
WORK=${WORK:-var/creason-smollm2-notes-4}
CONFIGS=$(cd "$(dirname "$0")" && pwd)
SHIPPED=${SHIPPED:-creason_core/model/adapters/shipped/creason-smollm2}
PYTHON=${PYTHON:-python}
mkdir -p "$WORK"

run() { # prints a command, and does it
  printf '%s\n' "$*"
  [ -n "${DRY_RUN:-}" ] || "$@"
}

rationales() { # rationales NAME OPTION...: questions about training patients, and what the registry's notes say of each
  name=$1; shift
  run creason questions build --split train --out "$WORK/$name.parquet" "$@"
  run "$PYTHON" -m training.rationales "$WORK/$name.parquet" --notes --out "$WORK/rationales-$name.parquet"
}

stage() { # stage NUMBER START SKIP LIMIT LEARNING_RATE: on from the adapter of START with the next rationales by id
  {
    printf 'extends: %s/warm-start-on.yaml\nstart: %s\nout: %s/stage-%s\n' "$CONFIGS" "$2" "$WORK" "$1"
    printf 'compiled: false\nskip: %s\nlimit: %s\nlearning_rate: %s\nrationales:\n' "$3" "$4" "$5"
    printf "  - $WORK/rationales-%s.parquet\n" 21 22 23 24
  } > "$WORK/stage-$1.yaml"
  run "$PYTHON" -m training.sft --config "$WORK/stage-$1.yaml"
}

run creason model pull
rationales 21 --cohort rhc-sepsis --balanced --limit 900 --seed 21
rationales 22 --cohort rhc-sepsis --limit 500 --seed 22
rationales 23 --cohort ist-stroke --balanced --limit 600 --seed 23
rationales 24 --cohort ist-stroke --limit 300 --seed 24
stage 1 "$SHIPPED" 0 520 7.0e-4
stage 2 "$WORK/stage-1/adapter" 520 320 7.0e-4
stage 3 "$WORK/stage-2/adapter" 840 800 8.0e-4
stage 4 "$WORK/stage-3/adapter" 1640 660 7.0e-4
run "$PYTHON" -m training.package build "$WORK/stage-4/adapter" "$WORK/creason-smollm2-notes" \
  --name creason-smollm2-notes --version 4 --parent creason-smollm2-notes@3
