"""kill -9 at random moments of saves and runs, hundreds of times: ``python -m tests.faults.kill_loop --kills 500``.

A share of the kills is of the whole app, with people at its websocket; the rest of the store and the run manager in
a process without pages, which starts sooner. They come in parts, each on a database of its own. With ``--notes FILE``
every finished part is noted in that file, and the same command, typed again after a stop, goes on with the next one.
Ends with 1 when anything was lost, torn or doubled; the seed repeats it.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

import sqlalchemy as sa

from creason_core.store.schema.tables import runs
from creason_core.store.upkeep.database import open_store
from tests.faults.app_kills import kill_app
from tests.faults.service_kills import Outcome, kill_service

ON_ONE_DATABASE = 50  # kills; then a new one, since looking at all that was ever told takes longer each time
_EVERY = 10  # kills from one line of progress to the next


@dataclass(frozen=True)
class Part:
    """What one database went through: the kills planned and made, what was told, how runs ended, what broke."""

    of_app: bool
    planned: int
    kills: int
    seconds: float
    told: dict[str, int]
    ended: dict[str, int]
    found: list[str]


def plan(kills: int, app_share: float) -> list[tuple[bool, int]]:
    """``kills`` in parts of one database each, those of the app first: whether of the app, and how many."""
    of_app = round(kills * app_share)
    return [
        (app, min(ON_ONE_DATABASE, together - done))
        for app, together in ((True, of_app), (False, kills - of_app))
        for done in range(0, together, ON_ONE_DATABASE)
    ]


def states(folder: Path) -> dict[str, int]:
    """How many runs of the database in ``folder`` are in each state."""
    db = open_store(f"sqlite:///{folder / 'creason.db'}", folder)
    with db.read() as connection:
        counted = connection.execute(sa.select(runs.c.status, sa.func.count()).group_by(runs.c.status)).all()
    db.close()
    return dict(counted)


class Loop:
    """The kills of one command, begun now or gone on with from ``notes``."""

    def __init__(self, kills: int, app_share: float, seed: int, notes: Path | None) -> None:
        self.plan = plan(kills, app_share)
        self.notes = notes
        self.seed = seed
        self.parts: list[Part] = []
        if notes and notes.exists():
            kept = json.loads(notes.read_text(encoding="utf-8"))
            self.seed, self.parts = kept["seed"], [Part(**part) for part in kept["parts"]]
            if [(part.of_app, part.planned) for part in self.parts] != self.plan[: len(self.parts)]:
                sys.exit(f"{notes} is about other kills than these: name another file, or delete it to begin anew.")
        self._earlier = self._said = self.kills

    @property
    def kills(self) -> int:
        """The kills of all finished parts."""
        return sum(part.kills for part in self.parts)

    def run(self) -> None:
        """Makes every part that is not finished, and notes it."""
        started = time.monotonic()
        for number, (of_app, kills) in list(enumerate(self.plan))[len(self.parts) :]:
            self.parts.append(self._part(number, of_app, kills, started))
            if self.notes:
                kept = {"seed": self.seed, "parts": [asdict(part) for part in self.parts]}
                fresh = self.notes.with_name(self.notes.name + ".new")
                fresh.write_text(json.dumps(kept, indent=1), encoding="utf-8")
                fresh.replace(self.notes)

    def _part(self, number: int, of_app: bool, kills: int, started: float) -> Part:
        rng = random.Random(f"{self.seed} {number}")
        began, outcome = time.monotonic(), Outcome()
        with tempfile.TemporaryDirectory(prefix="creason-kills-") as folder:
            for outcome in (kill_app if of_app else kill_service)(Path(folder), kills, rng):
                if outcome.kills % _EVERY == 0 or outcome.found:
                    self._progress(outcome, time.monotonic() - started)
                if outcome.found:
                    break
            told = dict(Counter(str(item.kind) for item in outcome.told))
            seconds = time.monotonic() - began
            return Part(of_app, kills, outcome.kills, seconds, told, states(Path(folder)), list(outcome.found))

    def _progress(self, outcome: Outcome, seconds: float) -> None:
        together = sum(kills for _, kills in self.plan)
        done = self.kills + outcome.kills
        if done == self._said:
            return
        self._said = done
        left = seconds / (done - self._earlier) * (together - done)
        wrong = sum(len(part.found) for part in self.parts) + len(outcome.found)
        print(
            f"  {done} of {together} kills, {wrong} things wrong; {seconds:.0f} s, about {left:.0f} s to go", flush=True
        )


def main() -> int:
    """Kills, prints as it goes, and says what it came to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--app-share", type=float, default=0.1, help="of the kills, those of the whole app")
    parser.add_argument("--seed", type=int, default=random.randrange(10_000))
    parser.add_argument("--notes", type=Path, help="a file that remembers finished parts, to go on from after a stop")
    options = parser.parse_args()
    loop = Loop(options.kills, options.app_share, options.seed, options.notes)
    app = sum(kills for of_app, kills in loop.plan if of_app)
    print(f"seed {loop.seed}: {app} kills of the app, {options.kills - app} of the service", flush=True)
    if loop.parts:
        print(f"  {loop.kills} of them were made before, as {options.notes} says", flush=True)
    try:
        loop.run()
    except KeyboardInterrupt:
        print(f"Stopped after {loop.kills} kills of finished parts.")
        return 1
    told = sum((Counter(part.told) for part in loop.parts), Counter())
    ended = sum((Counter(part.ended) for part in loop.parts), Counter())
    found = [problem for part in loop.parts for problem in part.found]
    print(f"{loop.kills} kills in {sum(part.seconds for part in loop.parts):.0f} s; seed {loop.seed}")
    print("shown as stored: " + ", ".join(f"{count} {kind}" for kind, count in sorted(told.items())))
    print("runs: " + ", ".join(f"{count} {state}" for state, count in sorted(ended.items())))
    print("\n".join(found) or "nothing lost, nothing torn, nothing doubled; every integrity check ok")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
