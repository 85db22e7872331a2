"""kill -9 at random moments of saves and runs, hundreds of times: ``python -m tests.faults.kill_loop --kills 500``.

A share of the kills is of the whole app, with people at its websocket; the rest of the store and the run manager in
a process without pages, which starts sooner. Ends with 1 when anything was lost, torn or doubled; the seed repeats it.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from creason_core.store.database import open_store
from creason_core.store.tables import runs
from tests.faults.app_kills import kill_app
from tests.faults.service_kills import Outcome, kill_service

ON_ONE_DATABASE = 50  # kills; then a new one, since looking at all that was ever told takes longer each time


def series(kills: int) -> Iterator[int]:
    """``kills`` in parts of one database each."""
    while kills > 0:
        yield min(kills, ON_ONE_DATABASE)
        kills -= ON_ONE_DATABASE


def states(folder: Path) -> Counter[str]:
    """How many runs of the database in ``folder`` are in each state."""
    db = open_store(f"sqlite:///{folder / 'creason.db'}", folder)
    with db.read() as connection:
        counted = connection.execute(sa.select(runs.c.status, sa.func.count()).group_by(runs.c.status))
        found: Counter[str] = Counter(dict(counted.all()))
    db.close()
    return found


def main() -> int:
    """Kills, prints as it goes, and says what it came to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--app-share", type=float, default=0.1, help="of the kills, those of the whole app")
    parser.add_argument("--seed", type=int, default=random.randrange(10_000))
    options = parser.parse_args()
    app = round(options.kills * options.app_share)
    rng = random.Random(options.seed)
    told: Counter[str] = Counter()
    ended: Counter[str] = Counter()
    found: list[str] = []
    started, done = time.monotonic(), 0
    print(f"seed {options.seed}: {app} kills of the app, {options.kills - app} of the service", flush=True)
    plan = [(kill_app, n) for n in series(app)] + [(kill_service, n) for n in series(options.kills - app)]
    for kill, kills in plan:
        with tempfile.TemporaryDirectory(prefix="creason-kills-") as folder:
            outcome = Outcome()
            for outcome in kill(Path(folder), kills, rng):
                if outcome.kills % 10 == 0 or outcome.found:
                    print(f"  {time.monotonic() - started:5.0f} s  {done + outcome.kills} kills", flush=True)
                if outcome.found:
                    break
            done += outcome.kills
            told += Counter(item.kind for item in outcome.told)
            ended += states(Path(folder))
            found += outcome.found
    print(f"{done} kills in {time.monotonic() - started:.0f} s; seed {options.seed}")
    print("shown as stored: " + ", ".join(f"{count} {kind}" for kind, count in sorted(told.items())))
    print("runs: " + ", ".join(f"{count} {state}" for state, count in sorted(ended.items())))
    print("\n".join(found) or "nothing lost, nothing torn, nothing doubled; every integrity check ok")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
