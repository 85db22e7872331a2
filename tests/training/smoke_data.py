"""What the smoke test trains on: a tiny model, real questions, and ratings that went through a real database."""

import time
from pathlib import Path

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.loading import load_cohort
from creason_core.model.engines.replay import Replay, scripted
from creason_core.question.masked_value import build_question
from creason_core.question.vectorised.builder import Plan, build
from creason_core.question.vectorised.sampling import Sampling
from creason_core.question.vectorised.table import read_questions
from creason_core.runs import RunManager
from creason_core.settings import settings
from creason_core.store.patients.cases import open_public
from creason_core.store.people.feedback import Thumb, save_feedback
from creason_core.store.training_rows import export
from creason_core.store.upkeep.database import Database, open_store
from training.teacher.rationales import write

COHORT = "rhc-sepsis"
FEATURES = ("sex",)
QUESTIONS = 12
REPLIES = (" The pressure is low. \\boxed{A}", " It is usually so. \\boxed{B}")  # one found good, one not


def questions(folder: Path, split: str = "train", limit: int = QUESTIONS) -> Path:
    """A file of questions about patients of ``split``."""
    file = folder / f"{split}.parquet"
    build(Plan(load_cohort(COHORT), split, features=FEATURES, sampling=Sampling(limit=limit)), file)  # type: ignore[arg-type]
    return file


def rationales(asked: Path) -> Path:
    """The rationales of a file of questions."""
    out = asked.with_name("rationales.parquet")
    write(read_questions(asked), load_cohort(COHORT), out)
    return out


def ratings(folder: Path, patients: int = 2) -> Path:
    """Two rated answers about each of so many training patients, exported for KTO."""
    present, cohort = settings(), load_cohort(COHORT)
    db = open_store(present.database, present.data_dir)
    runs = RunManager(db, Replay(script=[scripted(reply) for reply in REPLIES]), present)
    try:
        for patient in cohort.split["train"][:patients]:
            _rate(db, runs, cohort, patient)
        out = folder / "ratings.jsonl"
        export(db, "kto", out, actor=present.user, cap=2 * patients)
    finally:
        runs.close()
        db.close()
    return out


def _rate(db: Database, runs: RunManager, cohort: Cohort, patient: str) -> None:
    user = settings().user
    version = open_public(db, user, cohort.name, cohort.case(patient), patient)
    question = build_question(version.case, FEATURES[0], cohort, seed=0)
    thumbs: tuple[Thumb, ...] = ("up", "down")
    for thumb in thumbs:
        group = runs.start(user, version, question, cohort.codebook, samples=1, idem=f"{patient} {thumb}")
        while (seen := runs.snapshot(user, group.id)).live:
            time.sleep(0.02)
        save_feedback(
            db,
            user,
            seen.runs[0].run.id,
            idem=f"rating {patient} {thumb}",
            thumb=thumb,
            reasons=(),
            severity=None,
            comment="",
            train_ok=True,
            supersedes=None,
        )
