"""How long the next question will take is told by the last ones alike."""

from dataclasses import replace
from datetime import timedelta

from creason_core.model.engines.base import ModelIdentity
from creason_core.store.patients.cases import CaseVersion
from creason_core.store.runs.live_rows import Ending, RunProgress, finish
from creason_core.store.runs.paces import Pace, usual_seconds
from creason_core.store.runs.run_rows import runs_of
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import now
from tests.store.examples import USER, queued_group, running_process, saved_case

MODEL = ModelIdentity("embedded", "small", "hash", runtime="onnxruntime", precision="int8")


def answered(db: Database, version: CaseVersion, idem: str, seconds: float, ending: Ending) -> None:
    run = runs_of(db, USER, queued_group(db, version, idem=idem).id)[0]
    started = now() - timedelta(seconds=seconds)
    finish(db, USER, RunProgress(run.id, "checking", "So", 3, MODEL, started, started), ending)


def test_the_median_of_what_ended_by_itself_counts_for_this_model_and_this_person(db: Database) -> None:
    running_process(db)
    version = saved_case(db)
    done = Ending("complete", "", "stop", "A", 0)
    for number, seconds in enumerate((2.0, 4.0, 30.0)):
        answered(db, version, f"done {number}", seconds, done)
    answered(db, version, "stopped", 500.0, Ending("stopped", "Stopped by you."))
    found = usual_seconds(db, USER, replace(MODEL, precision="float32"), 1)
    assert found is not None
    assert (found.of, round(found.seconds)) == (3, 4)
    assert isinstance(found, Pace)
    assert usual_seconds(db, USER, MODEL, 5) is None
    assert usual_seconds(db, USER, replace(MODEL, model="another"), 1) is None
    assert usual_seconds(db, "bob", MODEL, 1) is None
