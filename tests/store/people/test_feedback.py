import threading

import pytest
import sqlalchemy as sa

from creason_core.errors import StoreError
from creason_core.model.engines.base import ModelIdentity
from creason_core.store import audit
from creason_core.store.people.feedback import (
    Feedback,
    feedback_for,
    feedback_history,
    save_feedback,
)
from creason_core.store.people.own_answers import human_answer, save_answer
from creason_core.store.runs.live_rows import Ending, RunProgress, finish
from creason_core.store.runs.run_rows import Run
from creason_core.store.schema.tables import feedback, human_answers
from creason_core.store.sql.transactions import Database
from creason_core.store.sql.types import now
from tests.store.examples import CODEBOOK, USER, queued_run

MODEL = ModelIdentity("replay", "script", "hash", "adapter", "adapter hash")


@pytest.fixture
def run(db: Database) -> Run:
    """A complete run."""
    queued = queued_run(db)
    progress = RunProgress(queued.id, "checking", r"So \boxed{C}", 4, MODEL, now(), now())
    return finish(db, USER, progress, Ending("complete", "", "stop", "C", 2))


def rate(db: Database, run_id: str, idem: str = "1", **changed: object) -> Feedback:
    values: dict[str, object] = {
        "thumb": "down",
        "reasons": ("misread the data",),
        "severity": None,
        "comment": "MAP is 43",
        "train_ok": True,
        "supersedes": None,
    }
    return save_feedback(db, USER, run_id, idem=idem, **(values | changed))  # type: ignore[arg-type]


def test_a_rating_carries_all_that_training_needs(db: Database, run: Run) -> None:
    saved = rate(db, run.id)
    assert (saved.thumb, saved.reasons, saved.comment, saved.train_ok) == (
        "down",
        ("misread the data",),
        "MAP is 43",
        True,
    )
    assert (saved.prompt, saved.completion, saved.run_status) == (run.prompt, r"So \boxed{C}", "complete")
    assert (saved.identity, saved.seed, saved.order) == (MODEL, 7, (0, 1, 2))
    assert (saved.question_id, saved.codebook_hash) == ("question-7", CODEBOOK.content_hash)
    assert (saved.prompt_version, saved.design) == (1, "stratified")
    assert feedback_for(db, USER, run.id) == saved


def test_a_changed_rating_supersedes_and_the_old_one_stays(db: Database, run: Run) -> None:
    first = rate(db, run.id)
    second = rate(db, run.id, "2", thumb="up", reasons=("other",), supersedes=first.id)
    third = rate(db, run.id, "3", train_ok=False, supersedes=second.id)
    assert feedback_history(db, USER, run.id) == (first, second, third)
    assert feedback_for(db, USER, run.id) == third


def test_the_same_key_rates_once(db: Database, run: Run) -> None:
    assert rate(db, run.id) == rate(db, run.id)
    assert len(feedback_history(db, USER, run.id)) == 1


def test_the_same_key_with_another_judgement_is_refused(db: Database, run: Run) -> None:
    rate(db, run.id)
    with pytest.raises(StoreError, match="already saved another rating"):
        rate(db, run.id, thumb="up", reasons=())


def test_a_rating_saved_elsewhere_is_not_overwritten(db: Database, run: Run) -> None:
    first = rate(db, run.id)
    rate(db, run.id, "2", supersedes=first.id)
    for stale in (None, first.id):
        with pytest.raises(StoreError, match="rated elsewhere meanwhile") as raised:
            rate(db, run.id, f"late {stale}", supersedes=stale)
        assert raised.value.kind == "conflict"


def test_two_saves_at_the_same_moment_make_one_rating(db: Database, run: Run) -> None:
    barrier = threading.Barrier(2)
    saved: list[Feedback] = []

    def click() -> None:
        barrier.wait()
        saved.append(rate(db, run.id))

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert saved[0] == saved[1]
    assert feedback_history(db, USER, run.id) == (saved[0],)
    assert audit.verify(db).problems == ()


def test_two_first_ratings_with_different_keys_leave_one_and_one_conflict(db: Database, run: Run) -> None:
    barrier = threading.Barrier(2)
    outcomes: list[str] = []

    def click(idem: str) -> None:
        barrier.wait()
        try:
            rate(db, run.id, idem)
            outcomes.append("saved")
        except StoreError as error:
            outcomes.append(error.kind)

    threads = [threading.Thread(target=click, args=(idem,)) for idem in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["conflict", "saved"]


def test_two_users_rate_the_same_text_apart(db: Database, run: Run) -> None:
    rate(db, run.id)
    assert feedback_for(db, "bob", run.id) is None
    with pytest.raises(StoreError, match="no such run among yours"):
        save_feedback(
            db,
            "bob",
            run.id,
            idem="1",
            thumb="up",
            reasons=(),
            severity=None,
            comment="",
            train_ok=True,
            supersedes=None,
        )


def test_a_live_run_cannot_be_rated(db: Database) -> None:
    with pytest.raises(StoreError, match="has not ended yet"):
        rate(db, queued_run(db).id)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"reasons": ("unsafe suggestion",)}, "needs a severity"),
        ({"reasons": ("rude",)}, "'rude' is not a reason for a thumb down"),
        ({"thumb": "up", "reasons": ("too long",)}, "'too long' is not a reason for a thumb up"),
        ({"thumb": "sideways", "reasons": ()}, "'sideways' is not a reason"),
        ({"severity": "fatal"}, "'fatal' is not a severity"),
        ({"comment": "x" * 1_001}, "1,001 characters; at most 1,000"),
    ],
)
def test_a_rating_that_breaks_a_rule_is_refused_in_words(
    db: Database, run: Run, changed: dict[str, object], words: str
) -> None:
    with pytest.raises(StoreError, match=words) as raised:
        rate(db, run.id, "1", **changed)
    assert raised.value.kind == "invalid"
    assert feedback_for(db, USER, run.id) is None


def test_an_unsafe_suggestion_is_stored_with_its_severity(db: Database, run: Run) -> None:
    assert rate(db, run.id, reasons=("unsafe suggestion",), severity="moderate").severity == "moderate"


@pytest.mark.parametrize("table", [feedback, human_answers])
def test_no_statement_changes_a_judgement(db: Database, run: Run, table: sa.Table) -> None:
    rate(db, run.id)
    save_answer(db, USER, run.group_id, 1, True, idem="a")
    with pytest.raises(StoreError, match="never change"), db.write() as connection:
        connection.execute(sa.update(table).values(idem="forged"))


def test_a_human_answer_is_given_once_and_stays(db: Database, run: Run) -> None:
    given = save_answer(db, USER, run.group_id, 1, False, idem="a")
    assert (given.option, given.sure, given.before_reveal) == (1, False, True)
    assert save_answer(db, USER, run.group_id, 1, False, idem="a") == given
    with pytest.raises(StoreError, match="the first answer stays"):
        save_answer(db, USER, run.group_id, 2, True, idem="b")
    assert human_answer(db, USER, run.group_id) == given
    assert human_answer(db, "bob", run.group_id) is None


def test_a_skipped_answer_is_stored_as_skipped(db: Database, run: Run) -> None:
    assert save_answer(db, USER, run.group_id, None, False, idem="a").option is None


def test_an_answer_to_a_question_of_another_user_is_refused(db: Database, run: Run) -> None:
    with pytest.raises(StoreError, match="no such question among yours"):
        save_answer(db, "bob", run.group_id, 1, True, idem="a")
