"""The command line that all recipes share: ``python -m training.<recipe> --config FILE``."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from creason_core.errors import CReasonError
from creason_core.private import from_now_on
from training.trainer.settings import Settings, read_settings


def run_recipe(
    name: str,
    about: str | None,
    kind: type[Settings],
    train: Callable[[Settings], str],
    *,
    dry_run: Callable[[Settings], str] | None = None,
    arguments: Sequence[str] | None = None,
) -> int:
    """Reads the settings, trains, and writes the line that ``train`` ends with; the command's exit status.

    ``about`` is the docstring of the recipe's module. With ``dry_run`` there is an option ``--dry-run`` that says what
    would be done.
    """
    parser = argparse.ArgumentParser(prog=f"python -m training.{name}", description=(about or "").split("\n")[0])
    parser.add_argument("--config", type=Path, required=True, help="a YAML file, as those in training/configs")
    if dry_run is not None:
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and what memory it takes")
    given = parser.parse_args(arguments)
    from_now_on()
    try:
        config = read_settings(given.config, kind)
        line = dry_run(config) if dry_run is not None and given.dry_run else train(config)
    except CReasonError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{line}\n")
    return 0


def judge_next(adapter: Path) -> str:
    """What to do with a new version of an adapter."""
    return f"{adapter}: judge it with python -m training.gate --adapter {adapter} --questions …"
