"""``creason recording``: the recorded replies that the demonstration plays, and the replay engine ships.

A recording belongs to its prompt: made again whenever prompts, questions, the patient or the model change.
"""

import argparse
import sys
from pathlib import Path


def add(groups: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Registers the commands."""
    does = "make and look at the recorded replies of the demonstration"
    group = groups.add_parser("recording", help=does, description=f"{does.capitalize()}.")
    commands = group.add_subparsers(metavar="COMMAND", required=True)
    make = commands.add_parser("make", help="let the small model that answers in the app answer every scene")
    make.set_defaults(command=_make)
    show = commands.add_parser("show", help="say of each recording which model, when, and whether it still fits")
    show.set_defaults(command=_show)
    for command in (make, show):
        command.add_argument("--file", type=Path, help="default: the recordings in the package")


def _make(arguments: argparse.Namespace) -> int:
    from creason_core.cohort.loading import load_cohort
    from creason_core.demonstration.scenes import COHORT, scenes
    from creason_core.model.engines.choose import choose_engine
    from creason_core.model.engines.replay import PACKAGED, recorded_reply, write_recordings
    from creason_core.question.prompts import PROMPT_VERSION
    from creason_core.settings import settings

    chosen = settings().model_copy(update={"engine": "embedded", "first_token_seconds": 600.0, "total_seconds": 1800.0})
    cohort = load_cohort(COHORT)
    engine = choose_engine(chosen)
    made = []
    try:
        for name, scene in scenes(cohort).items():
            request = scene.request(cohort.codebook, chosen.max_tokens)
            made.append(recorded_reply(engine, request, question=name, prompt_version=PROMPT_VERSION))
            print(f"{name}: {made[-1].identity.title}, {len(made[-1].text)} characters", file=sys.stderr)
    finally:
        engine.close()
    file = arguments.file or PACKAGED
    write_recordings(made, file)
    print(f"{file}: {len(made)} recordings, {file.stat().st_size:,} bytes.")
    return 0


def _show(arguments: argparse.Namespace) -> int:
    from creason_core.cohort.loading import load_cohort
    from creason_core.demonstration.scenes import COHORT, fits, scenes
    from creason_core.model.engines.replay import Replay

    cohort = load_cohort(COHORT)
    replay = Replay(arguments.file)
    health = replay.health()
    print(health.note)
    if not health.ready:
        return 1
    misfits = 0
    for name, scene in scenes(cohort).items():
        found = replay.made_of(name)
        why = fits(scene, cohort.codebook, found)
        misfits += bool(why)
        who = f"{found.identity.title}, {found.made:%d %b %Y}, seal {found.seal[:12]}" if found and found.made else "–"
        print(f"{name}: {who}. {why or 'It answers the question as it is asked today.'}")
    return 1 if misfits else 0
