"""GRPO within some minutes on one GPU without a network, from a carried folder (``training.gpu.pack``).

    python -m training.gpu.run FOLDER --minutes 12 --out OUT [--dry-run]

Training ends after seven tenths of the minutes, with a checkpoint every two on the way; then comes the adapter, or the
low-rank form of what training changed, and then the evaluation, until the minutes are over. The same command goes on
from the last checkpoint. OUT holds ``adapter``, ``metrics.json``, ``log.txt``, ``training.json``, ``report.html`` and
``evaluation``; what is large and need not come back (weights, checkpoints, completions) is in OUT/work, or where
``--work`` says. ``--dry-run`` checks everything, says what would be done and what is lacking, and trains nothing.
"""

import argparse
import os
import sys
import time
import zipfile
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TextIO

from creason_core.errors import CReasonError, SettingsError
from creason_core.private import from_now_on
from training.gpu.pieces import faults, join

BEGAN = time.monotonic()
# What a run imports that is no part of Python or of this program.
NEEDED = (
    "torch transformers accelerate peft trl datasets safetensors psutil numpy scipy sklearn pandas pyarrow pydantic "
    "pydantic_settings sqlalchemy plotly filelock platformdirs httpx yaml tqdm jinja2"
).split()


class Both:
    """What is written to a terminal goes into the log as well."""

    def __init__(self, terminal: TextIO, log: TextIO) -> None:
        self._terminal, self._log = terminal, log

    def write(self, text: str) -> int:
        """Writes to both, at once."""
        self._log.write(text)
        self._log.flush()
        return self._terminal.write(text)

    def flush(self) -> None:
        """Flushes the terminal; the log always is."""
        self._terminal.flush()

    def isatty(self) -> bool:
        """No: progress bars have no place in a log."""
        return False


def lacking() -> list[str]:
    """A sentence for each library that cannot be imported here, itself or what it needs."""
    said = []
    for name in NEEDED:
        try:
            import_module(name)
        except ImportError as error:
            said.append(f"{name} cannot be imported: {error}. Carry what is missing (training.gpu.pack --wheels).")
    return said


def prepare(folder: Path, work: Path) -> Path:
    """Joins the carried ``folder`` into ``work`` and makes what it brings usable; the joined folder.

    A library that the machine has comes before a carried one.

    Raises:
        SettingsError: A piece is missing or damaged, or a library is lacking; all of them are named.
    """
    if wrong := faults(folder):
        raise SettingsError("\n".join(wrong), remedy="Carry the folder again: python -m training.gpu.pack makes it.")
    carried = work / "carried"
    join(folder, carried)
    for wheel in sorted((carried / "wheels").glob("*.whl")):
        unpacked = carried / "wheels" / wheel.stem
        if not unpacked.is_dir():
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(unpacked)
        sys.path.append(str(unpacked))
    if wrong := lacking():
        raise SettingsError("\n".join(wrong), remedy="Nothing was trained.")
    return carried


def main(given: Sequence[str] | None = None) -> int:
    """The command."""
    from_now_on()
    parser = argparse.ArgumentParser(prog="python -m training.gpu.run", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", type=Path, help="made by python -m training.gpu.pack")
    parser.add_argument("--minutes", type=float, default=12.0, help="from the start of this command to its end")
    parser.add_argument("--out", type=Path, required=True, help="what comes back")
    parser.add_argument("--work", type=Path, default=None, help="what need not (default: OUT/work)")
    parser.add_argument("--rank", type=int, default=32, help="of the low-rank form, where every weight is trained")
    parser.add_argument("--limit", type=int, default=500, help="held-out questions of each file")
    parser.add_argument(
        "--dry-run", action="store_true", help="check everything, say what would be done, train nothing"
    )
    asked = parser.parse_args(given)
    asked.out.mkdir(parents=True, exist_ok=True)
    work = (asked.work or asked.out / "work").resolve()
    terminal, errors = sys.stdout, sys.stderr
    with (asked.out / "log.txt").open("a", encoding="utf-8") as log:
        sys.stdout, sys.stderr = Both(terminal, log), Both(errors, log)
        try:
            return _run(asked, work)
        except CReasonError as error:
            sys.stderr.write(f"{error}\n")
            return 1
        finally:
            sys.stdout, sys.stderr = terminal, errors


def _run(asked: argparse.Namespace, work: Path) -> int:
    # Before any library is imported: nothing is looked for on a network, nothing is read from this user's own folder.
    os.environ |= {"HF_HUB_OFFLINE": "1", "CREASON_DATA_DIR": str(work / "carried" / "data")}
    carried = prepare(asked.folder, work)
    from training.gpu.session import Session

    session = Session(carried, asked.out, work, began=BEGAN, minutes=asked.minutes, rank=asked.rank, limit=asked.limit)
    sys.stdout.write("\n".join(session.plan()) + "\n")
    if asked.dry_run:
        sys.stdout.write(f"{session.account()}\nNothing is lacking; nothing was trained.\n")
        return 0
    sys.stdout.write("\n".join(session.run()) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
