"""kill -9 in the middle of saving: what was acknowledged is stored, nothing is torn, nothing is doubled."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from creason_core.store import audit
from creason_core.store.cases import case_version
from creason_core.store.database import open_store
from creason_core.store.facts import describe
from creason_core.store.tables import audit as audit_table
from creason_core.store.tables import case_versions
from tests.store.examples import USER

KILLS = 25

# Saves cases in two threads and prints each key once its save has returned.
SAVER = """
import sys, threading
from pathlib import Path
from creason_core.store.database import open_store
from tests.store.examples import saved_case
db = open_store(sys.argv[1], Path(sys.argv[2]))
lock = threading.Lock()
def save(thread):
    for n in range(100_000):
        version = saved_case(db, idem=f"{sys.argv[3]} {thread} {n}")
        with lock:
            print(version.id, flush=True)
for thread in range(2):
    threading.Thread(target=save, args=(thread,)).start()
"""


@pytest.mark.slow
def test_killed_while_saving_nothing_acknowledged_is_lost_torn_or_doubled(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'creason.db'}"
    rng = random.Random(4)
    acknowledged: set[str] = set()
    for round_ in range(KILLS):
        child = subprocess.Popen(
            [sys.executable, "-c", SAVER, url, str(tmp_path), str(round_)],
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
            text=True,
        )
        assert child.stdout is not None
        acknowledged.add(child.stdout.readline().strip())
        time.sleep(rng.uniform(0.0, 0.15))
        os.kill(child.pid, signal.SIGKILL)
        # A line cut off by the kill was never read by anyone.
        acknowledged |= {line.strip() for line in child.stdout if line.endswith("\n")}
        child.wait()
        child.stdout.close()
        db = open_store(url, tmp_path)
        assert describe(db, thorough=True).integrity == "ok"
        assert audit.verify(db).problems == ()
        db.close()
    db = open_store(url, tmp_path)
    assert {case_version(db, USER, version_id).id for version_id in acknowledged} == acknowledged
    with db.read() as connection:
        stored = connection.execute(sa.select(sa.func.count()).select_from(case_versions)).scalar_one()
        keys = connection.execute(sa.select(sa.func.count(sa.distinct(case_versions.c.idem)))).scalar_one()
        saves = connection.execute(
            sa.select(sa.func.count()).select_from(audit_table).where(audit_table.c.action == "case save")
        ).scalar_one()
    assert stored == keys == saves, "a version and its audit entry are stored together, once"
    assert KILLS <= len(acknowledged) <= stored <= len(acknowledged) + 2 * KILLS
    db.close()
