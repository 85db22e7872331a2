"""How long one page of a history of 5,000 questions takes to read, as the page History asks for it.

Run it with ``python -m tests.bench.history_bench``; it prints the median and the slowest of 20 readings each.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from creason_core.store.history import Filters, cases_asked, history_page
from creason_core.store.patients.cases import new_id
from creason_core.store.schema.tables import run_groups, runs
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import now
from creason_core.store.upkeep.database import open_store
from tests.store.examples import USER, queued_group, running_process, saved_case

GROUPS, SAMPLES, READINGS, SIZE = 5_000, 5, 20, 25
TEXT = "The pressure is low and lactate is high, so perfusion is poor. " * 25
SEARCHES = {
    "first page": (Filters(), 1),
    "last page": (Filters(), GROUPS // SIZE),
    "words that no text has": (Filters(words="haemofiltration"), 1),
    "state": (Filters(state="unparsed"), 1),
    "rating": (Filters(thumb="none"), 1),
}


def fill(db: Database) -> None:
    """Stores the groups with their ended runs, 1,600 characters each."""
    running_process(db)
    version = saved_case(db)
    queued_group(db, version, idem="pattern")
    with db.write() as connection:
        group = dict(connection.execute(run_groups.select()).mappings().one())
        run = dict(connection.execute(runs.select()).mappings().one())
        groups = [
            group | {"id": new_id(), "idem": str(n), "samples": SAMPLES, "created": now()} for n in range(GROUPS - 1)
        ]
        connection.execute(run_groups.insert(), groups)
        ended = run | {"status": "complete", "letter": "C", "option": 2, "text": TEXT, "ended": now()}
        for sample in range(SAMPLES):
            rows = [ended | {"id": new_id(), "group_id": made["id"], "sample": sample} for made in groups]
            connection.execute(runs.insert(), rows)


def main() -> None:
    """Fills a database and measures."""
    with tempfile.TemporaryDirectory() as folder:
        db = open_store(f"sqlite:///{Path(folder) / 'creason.db'}", Path(folder))
        fill(db)
        for name, (filters, page) in SEARCHES.items():
            seconds = []
            for _ in range(READINGS):
                before = time.perf_counter()
                history_page(db, USER, filters, page=page, size=SIZE)
                cases_asked(db, USER)
                seconds.append(time.perf_counter() - before)
            sys.stdout.write(
                f"{name}: {statistics.median(seconds) * 1e3:.1f} ms, at most {max(seconds) * 1e3:.1f} ms\n"
            )
        db.close()


if __name__ == "__main__":
    main()
