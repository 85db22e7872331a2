"""Ratings as training rows: checked again before training, shown in whole batches, and kept out of evaluation."""

from collections import Counter
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from creason_core.cohort.loading import load_cohort
from creason_core.errors import EvaluationError, FeedbackError
from creason_core.question.vectorised.builder import Plan, build
from creason_core.question.vectorised.sampling import Sampling
from creason_core.question.vectorised.table import QuestionTable, read_questions
from creason_core.settings import settings
from creason_core.store.people.feedback import save_feedback
from creason_core.store.sql.transactions import Database
from creason_core.store.training_rows import export
from creason_core.store.training_rows.reading import manifest_of, read_export
from creason_core.store.training_rows.rows import DpoRow, KtoRow
from creason_core.store.training_rows.writing import manifest_path
from creason_core.store.upkeep.database import open_store
from tests.store.examples import USER
from tests.store.training_rows.conftest import BAD, GOOD, Rate, rate  # noqa: F401 - a fixture
from training.data.contamination import joined, leave_out, rated_in, refuse_rated
from training.data.ratings import in_order, read_rows, weights_of
from training.release.promotion_rule import Compared, Rule, compared, reasons
from training.trainer.settings import Kto


@pytest.fixture
def db(tmp_path: Path) -> Database:
    """The database that the settings of a test name."""
    return open_store(settings().database, settings().data_dir)


def config(rows: Path, **changed: object) -> Kto:
    return Kto(model="tiny", rows=rows, out=rows.parent / "out", **changed)


def test_an_export_is_read_back_as_it_was_written(db: Database, rate: Rate, tmp_path: Path) -> None:  # noqa: F811
    up, down = rate(GOOD, "up"), rate(BAD, "down")
    manifest = export(db, "kto", tmp_path / "rows.jsonl", actor="operator")
    found, in_store = read_rows(config(tmp_path / "rows.jsonl"), KtoRow)
    assert [row.source.rating for row in found.rows] == [up.id, down.id]
    assert (found.manifest, in_store) == (manifest, 2)
    assert manifest_of(tmp_path / "rows.jsonl")[1] == found.manifest_sha256


def test_rows_that_were_altered_or_are_of_another_kind_are_refused(db: Database, rate: Rate, tmp_path: Path) -> None:  # noqa: F811
    rate(GOOD, "up")
    rows = tmp_path / "rows.jsonl"
    export(db, "kto", rows, actor="operator")
    with pytest.raises(FeedbackError, match="was exported as kto; dpo is needed"):
        read_export(rows, DpoRow)
    rows.write_bytes(rows.read_bytes().replace(b'"label":true', b'"label":false'))
    with pytest.raises(FeedbackError, match="another SHA-256"):
        read_export(rows, KtoRow)
    manifest_path(rows).unlink()
    with pytest.raises(FeedbackError, match="There is no manifest"):
        read_export(rows, KtoRow)


def test_nobody_has_more_rows_than_the_cap(db: Database, rate: Rate, tmp_path: Path) -> None:  # noqa: F811
    for n in range(4):
        rate(f"{n} \\boxed{{C}}", "up")
    export(db, "kto", tmp_path / "rows.jsonl", actor="operator")
    assert len(read_export(tmp_path / "rows.jsonl", KtoRow, cap=4).rows) == 4
    with pytest.raises(FeedbackError, match=r"4 rows of one rater; at most 3 are allowed.*--per-rater-cap 3"):
        read_export(tmp_path / "rows.jsonl", KtoRow, cap=3)


def test_a_rating_whose_consent_was_taken_back_since_is_refused(db: Database, rate: Rate, tmp_path: Path) -> None:  # noqa: F811
    given = rate(GOOD, "up")
    rate(BAD, "down")
    export(db, "kto", tmp_path / "rows.jsonl", actor="operator")
    again = {"reasons": given.reasons, "severity": None, "comment": "", "train_ok": False, "supersedes": given.id}
    save_feedback(db, USER, given.run_id, idem="withdrawn", thumb="up", **again)  # type: ignore[arg-type]
    with pytest.raises(FeedbackError, match=r"withdrawn from training since: 1 of 2\."):
        read_rows(config(tmp_path / "rows.jsonl"), KtoRow)


def test_every_row_is_shown_in_every_epoch_and_the_last_batch_is_whole(tmp_path: Path) -> None:
    asked = config(tmp_path / "rows.jsonl", batch=2, accumulate=2, epochs=3)
    order = in_order(5, asked)
    assert len(order) == 16  # 15 are due, and a step takes 4
    assert sorted(order[:5]) == sorted(order[5:10]) == sorted(order[10:15]) == [0, 1, 2, 3, 4]
    assert order[:5] != order[5:10]
    assert order == in_order(5, asked)
    assert set(Counter(in_order(1, asked)).values()) == {4}


def test_both_thumbs_count_the_same_in_sum() -> None:
    assert weights_of({"up": 6, "down": 2}) == {"desirable_weight": 1.0, "undesirable_weight": 3.0}
    assert weights_of({"up": 2, "down": 6}) == {"desirable_weight": 3.0, "undesirable_weight": 1.0}
    with pytest.raises(FeedbackError, match=r"Every thumb is up \(3 of 3\)"):
        weights_of({"up": 3})


@pytest.fixture(scope="module")
def questions(tmp_path_factory: pytest.TempPathFactory) -> QuestionTable:
    file = tmp_path_factory.mktemp("questions") / "test.parquet"
    build(Plan(load_cohort("rhc-sepsis"), "test", features=("sex", "crea1"), sampling=Sampling(limit=12)), file)
    return read_questions(file)


def test_questions_about_rated_patients_are_refused_or_left_out(questions: QuestionTable, tmp_path: Path) -> None:
    patients = questions.table["patient"].to_pylist()
    rated = joined({"rhc-sepsis": (patients[0],)}, {"rhc-sepsis": ("no such",), "rhc-other": (patients[1],)})
    assert rated_in(questions, rated) == (patients[0],)
    with pytest.raises(EvaluationError, match="asks about patients whose ratings the model was trained on: 1 of its"):
        refuse_rated(questions, rated, tmp_path)
    refuse_rated(questions, {"rhc-other": tuple(patients)}, tmp_path)
    left = leave_out(questions, (patients[0],), tmp_path / "rest.parquet")
    rest = read_questions(tmp_path / "rest.parquet")
    assert left == len(rest) == 12 - patients.count(patients[0])
    assert patients[0] not in rest.table["patient"].to_pylist()
    assert rest.meta == questions.meta
    rest.require(load_cohort("rhc-sepsis"))
    with pytest.raises(EvaluationError, match="exists"):
        leave_out(questions, (), tmp_path / "rest.parquet")
    assert pq.read_metadata(tmp_path / "rest.parquet").num_rows == left


def frame(scores: list[float], answered: list[float] | None = None) -> pd.DataFrame:
    """Answers about as many patients as there are scores."""
    return pd.DataFrame(
        {
            "id": [f"q{n}" for n in range(len(scores))],
            "patient": [f"p{n}" for n in range(len(scores))],
            "greedy_score": scores,
            "greedy_answered": answered or [1.0] * len(scores),
        }
    )


def holds(found: Compared, **rule: float) -> list[bool]:
    return [reason.holds for reason in reasons(found, Rule(**rule))]


def test_a_candidate_may_lose_at_most_the_margin_by_the_lower_bound() -> None:
    now = frame([1.0] * 100 + [0.0] * 100)
    better = compared(frame([1.0] * 130 + [0.0] * 70), now, "greedy")
    assert better.difference == pytest.approx(0.15)
    assert better.low is not None
    assert better.low == pytest.approx(0.15 - 1.972 * (0.15 * 0.85 / 199) ** 0.5, abs=0.01)  # the t interval
    assert holds(better) == [True, True, True]
    assert holds(better, margin=-0.05) == [True, True, True]
    assert holds(better, margin=-0.12) == [True, False, True]
    worse = compared(now, frame([1.0] * 130 + [0.0] * 70), "greedy")
    assert worse.difference == pytest.approx(-0.15)
    assert worse.high == pytest.approx(-better.low, abs=0.01)
    assert holds(worse) == [True, False, True]
    assert holds(worse, margin=0.25) == [True, True, True]


def test_the_order_of_the_questions_does_not_matter() -> None:
    now, then = frame([1.0, 0.0, 1.0, 1.0] * 30), frame([1.0, 1.0, 0.0, 1.0] * 30)
    assert compared(then.iloc[::-1], now, "greedy").difference == compared(then, now, "greedy").difference == 0.0


def test_equal_answers_of_few_patients_prove_nothing() -> None:
    few, many = frame([1.0, 0.0] * 50), frame([1.0, 0.0] * 150)
    assert compared(few, few, "greedy").low == pytest.approx(-0.037, abs=0.001)  # 1.96² / (100 + 1.96²)
    assert holds(compared(few, few, "greedy")) == [True, False, True]
    assert holds(compared(many, many, "greedy")) == [True, True, True]
    assert holds(compared(many, many, "greedy"), patients=301) == [False, True, True]


def test_a_candidate_must_answer_as_often_as_the_model_in_use_or_nearly_always() -> None:
    scores = [1.0] * 200
    silent, most, all_of_them = [0.0] * 100 + [1.0] * 100, [0.0] * 2 + [1.0] * 198, [1.0] * 200
    assert holds(compared(frame(scores, most), frame(scores, all_of_them), "greedy"))[2]  # 99 %
    assert not holds(compared(frame(scores, silent), frame(scores, most), "greedy"))[2]
    assert holds(compared(frame(scores, silent), frame(scores, silent), "greedy"))[2]


def test_reasons_are_told_with_their_figures() -> None:
    found = compared(frame([1.0] * 130 + [0.0] * 70), frame([1.0] * 100 + [0.0] * 100), "greedy")
    said = [reason.said for reason in reasons(found, Rule())]
    assert said[0] == "200 questions about 200 patients; at least 100 patients are needed."
    assert said[1].startswith("Right: 65.0 %, the model in use 50.0 %; difference +15.0 points (95 % +")
    assert said[1].endswith("at most 2.0 points may be lost, to be sure of by the interval.")
    assert said[2].startswith("Answered: 100.0 %, the model in use 100.0 %;")
