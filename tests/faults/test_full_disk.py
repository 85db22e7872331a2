"""The disk is full while the app runs: a notice, reading goes on, nothing half-written, and all is well with space."""

import asyncio
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from creason_core.store.patients.cases import recent_cases
from creason_core.store.sql.transactions import Database
from creason_core.store.upkeep.database import open_store
from creason_core.store.upkeep.state import describe
from tests.faults.app_kills import known_reader, running_app
from tests.faults.service_kills import QuietServer
from tests.faults.visitor import Visitor
from tests.store.examples import USER

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="another process's limits can be set on Linux alone"),
]

# Saves cases until the file may grow no further; prints what it was told, lifts the limit, and saves again.
SAVER = """
import resource, sys
from pathlib import Path
from creason_core.errors import StoreError
from creason_core.store.upkeep.database import open_store
from tests.store.examples import USER, saved_case
db = open_store(sys.argv[1], Path(sys.argv[2]))
resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, resource.RLIM_INFINITY))
saved = 0
try:
    while saved < 5_000:
        saved_case(db, idem=str(saved))
        saved += 1
except StoreError as error:
    print(error.kind, error, sep="|")
print(saved, db.trouble, sep="|")
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
saved_case(db, idem=str(saved))
print(saved + 1, db.trouble, sep="|")
"""


def test_a_file_that_may_not_grow_is_told_and_holds_what_was_saved(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'creason.db'}"
    child = subprocess.run(
        [sys.executable, "-c", SAVER, url, str(tmp_path)],
        cwd=Path(__file__).parents[2],
        check=True,
        capture_output=True,
        text=True,
    )
    told, limited, lifted = child.stdout.splitlines()
    kind, words = told.split("|")
    assert kind in ("full", "unreachable")
    assert "Nothing of this change was written." in words
    assert "space" in words
    assert "Nothing can be saved until that is mended." in limited
    saved, trouble = lifted.split("|")
    assert trouble == "None"
    db = open_store(url, tmp_path)
    assert len(recent_cases(db, USER, 10_000)) == int(saved) > 10
    assert describe(db, thorough=True).integrity == "ok"
    db.close()


def limit(process: "subprocess.Popen[bytes]", size: int) -> None:
    """Lets no file of ``process`` be written beyond ``size`` bytes."""
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def disabled(visitor: Visitor, key: str) -> bool:
    """Whether the page has no button called ``key`` that can be pressed."""
    try:
        visitor.button(key)
    except LookupError:
        return True
    return False


async def work(process: "subprocess.Popen[bytes]", url: str, store: Database) -> None:
    visitor = await Visitor.open(url)
    await visitor.run(page="")
    await visitor.press("public_")
    await visitor.run(page="patient")
    await visitor.press("copy")
    base = visitor.here("v")

    limit(process, 0)
    await visitor.type("text_input", f"field_case:{base}_label", "Bed 4")
    assert visitor.shows("Read only.")
    assert visitor.shows("Nothing of this change was written")
    assert disabled(visitor, "save_version")

    reader = await Visitor.open(url)
    for page in reader.pages() or ("", "patient", "hypotheses", "about", "settings"):
        await reader.run(page=page)
        assert reader.shows("Read only."), page
        assert not reader.shows("cannot be shown"), page
    await reader.run(page="hypotheses", query=visitor.query)
    await reader.press("mask_meanbp1")
    assert reader.shows("What would be the masked value of")
    assert disabled(reader, "commit_skip")
    await reader.close()

    limit(process, resource.RLIM_INFINITY)
    await visitor.press("try_saving")
    await visitor.type("number_input", f"field_case:{base}_age", 61.0)
    await _saves_what_was_typed(visitor, store, 61)
    limit(process, 0)  # a version of one's own has no draft until something is typed
    await visitor.type("number_input", f"field_case:{visitor.here('v')}_age", 62.0)
    assert visitor.shows("Read only.")
    limit(process, resource.RLIM_INFINITY)
    await visitor.press("try_saving")
    await _saves_what_was_typed(visitor, store, 62)
    await visitor.close()


async def _saves_what_was_typed(visitor: Visitor, store: Database, age: int) -> None:
    await visitor.press("save_version")
    assert visitor.shows("Saved as version")
    assert not visitor.shows("Read only.")
    version = recent_cases(store, "local")[0]
    assert version.label == "Bed 4", "what was typed meanwhile was kept on the page"
    assert version.case.by_feature["age"].value == age


def test_pages_go_on_without_saving_and_save_again_when_there_is_space(tmp_path: Path) -> None:
    known_reader(tmp_path)
    store = open_store(f"sqlite:///{tmp_path / 'creason.db'}", tmp_path)
    with QuietServer(5).running() as model, running_app(tmp_path, model.url) as (process, url):
        asyncio.run(work(process, url, store))
        assert describe(store, thorough=True).integrity == "ok"
    assert "Traceback" not in (tmp_path / "app.log").read_text()
    store.close()
