from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from creason_core.cli import main
from creason_core.cohort.cohort import Cohort
from creason_core.cohort.loading import load_cohort
from creason_core.errors import CaseError, CodebookError, QuestionError
from creason_core.question.vectorised.builder import Built, Plan, build
from creason_core.question.vectorised.sampling import PassRates, Sampling
from creason_core.question.vectorised.table import read_questions


class _Stopped(Exception):  # noqa: N818 — what a kill looks like from inside
    pass


def made(cohort: Cohort, path: Path, sampling: Sampling, **others: object) -> tuple[Built, list[dict[str, object]]]:
    built = build(Plan(cohort, "test", sampling=sampling, **others), path)  # type: ignore[arg-type]
    rows: list[dict[str, object]] = read_questions(path).table.to_pylist()
    return built, rows


def test_the_file_is_the_same_whatever_the_chunks_and_after_a_stop(tmp_path: Path) -> None:
    cohort = load_cohort("rhc-sepsis")
    plan = Plan(cohort, "test", seed=2)
    build(plan, tmp_path / "whole.parquet")
    build(plan, tmp_path / "chunks.parquet", chunk=61)
    done = 0

    def stop(patients: int) -> None:
        nonlocal done
        done += patients
        if done >= 300:
            raise _Stopped

    with pytest.raises(_Stopped):
        build(plan, tmp_path / "stopped.parquet", chunk=100, progress=stop)
    assert not (tmp_path / "stopped.parquet").exists()
    again = build(plan, tmp_path / "stopped.parquet", chunk=100)
    assert again.resumed == 3
    expected = (tmp_path / "whole.parquet").read_bytes()
    assert (tmp_path / "chunks.parquet").read_bytes() == expected
    assert (tmp_path / "stopped.parquet").read_bytes() == expected
    assert sorted(path.name for path in tmp_path.iterdir()) == ["chunks.parquet", "stopped.parquet", "whole.parquet"]


def test_the_file_is_the_same_whoever_makes_the_chunks(tmp_path: Path, small: Cohort) -> None:
    build(Plan(small, "test", seed=4), tmp_path / "alone.parquet")
    told: list[int] = []
    build(Plan(small, "test", seed=4), tmp_path / "two.parquet", chunk=17, workers=2, progress=told.append)
    assert told == [17, 17, 17, 17, 17, 15]
    assert (tmp_path / "two.parquet").read_bytes() == (tmp_path / "alone.parquet").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["alone.parquet", "two.parquet"]


def test_what_a_worker_refuses_is_told_in_its_words(tmp_path: Path, small: Cohort) -> None:
    table = small.table.copy()
    table.loc[small.split["test"][50], "yes"] = "perhaps"
    with pytest.raises(CaseError, match="Yes or no = 'perhaps' is not one of its levels"):
        build(
            Plan(replace(small, table=table), "test", features=("many",)), tmp_path / "q.parquet", chunk=17, workers=2
        )


def test_parts_of_another_plan_are_not_taken_up(tmp_path: Path, small: Cohort) -> None:
    def stop(_: int) -> None:
        raise _Stopped

    with pytest.raises(_Stopped):
        build(Plan(small, "test", seed=1), tmp_path / "q.parquet", chunk=20, progress=stop)
    assert build(Plan(small, "test", seed=2), tmp_path / "q.parquet", chunk=20).resumed == 0


def test_a_balanced_sample_has_every_bin_and_level_of_a_feature_equally_often(tmp_path: Path, small: Cohort) -> None:
    _, rows = made(small, tmp_path / "q.parquet", Sampling(balanced=True))
    for feature in ("few", "many", "yes", "grade", "died"):
        mine = [row for row in rows if row["masked_feature"] == feature]
        assert mine
        assert len(set(Counter(row["key"] for row in mine).values())) == 1
    truths = Counter(row["values"][row["key"]] for row in rows if row["masked_feature"] == "source")  # type: ignore[index]
    assert len(truths) == 9
    assert len(set(truths.values())) == 1


def test_a_quota_bounds_each_feature_and_a_limit_the_whole_evenly(tmp_path: Path, small: Cohort) -> None:
    quota, _ = made(small, tmp_path / "quota.parquet", Sampling(quota=10))
    assert set(quota.by_feature.values()) == {10}
    limit, _ = made(small, tmp_path / "limit.parquet", Sampling(limit=25))
    assert limit.questions == 25
    assert max(limit.by_feature.values()) - min(limit.by_feature.values()) <= 1
    both, _ = made(small, tmp_path / "both.parquet", Sampling(balanced=True, limit=40))
    assert both.questions <= 40


def test_a_smaller_sample_is_part_of_a_larger_one(tmp_path: Path, small: Cohort) -> None:
    _, few = made(small, tmp_path / "few.parquet", Sampling(limit=20))
    _, more = made(small, tmp_path / "more.parquet", Sampling(limit=60))
    assert {row["id"] for row in few} < {row["id"] for row in more}


def test_a_difficulty_filter_keeps_scored_questions_within_the_pass_rates(tmp_path: Path, small: Cohort) -> None:
    _, rows = made(small, tmp_path / "all.parquet", Sampling())
    ids = [str(row["id"]) for row in rows]
    rates = {ids[0]: 0.0, ids[1]: 0.25, ids[2]: 0.5, ids[3]: 1.0}
    limits = PassRates(scored_sha256="0" * 64, low=0.2, high=0.8)
    _, kept = made(small, tmp_path / "kept.parquet", Sampling(pass_rates=limits), pass_rates=rates)
    assert [row["id"] for row in kept] == ids[1:3]


def test_an_outcome_is_asked_about_with_everything_else_visible(tmp_path: Path, small: Cohort) -> None:
    built, rows = made(small, tmp_path / "q.parquet", Sampling(), features=("died",))
    assert built.by_feature == {"died": 99}
    assert {row["section"] for row in rows} == {"End"}


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"features": ("nonsense",)}, CodebookError, "has no feature 'nonsense'"),
        ({"features": ("group",)}, QuestionError, "kept for audits of fairness"),
        ({"split": "validation"}, QuestionError, "has no patients in its validation part"),
        ({"sampling": Sampling(balanced=True, limit=1)}, QuestionError, "fits what was asked for"),
        ({"design": "paper"}, QuestionError, "needs a fitted mixture, which small lacks for Many"),
        ({"seed": 2**63}, QuestionError, "does not fit into 64 bits"),
    ],
)
def test_what_cannot_be_built_is_refused_before_any_work(
    tmp_path: Path, small: Cohort, change: dict[str, object], error: type[Exception], words: str
) -> None:
    plan = Plan(**{"cohort": small, "split": "test", **change})  # type: ignore[arg-type]
    with pytest.raises(error, match=words):
        build(plan, tmp_path / "q.parquet")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("chunk", "workers", "words"), [(0, 1, "A chunk of 0"), (1, 0, "0 workers")])
def test_impossible_work_is_refused(tmp_path: Path, small: Cohort, chunk: int, workers: int, words: str) -> None:
    with pytest.raises(QuestionError, match=words):
        build(Plan(small, "test"), tmp_path / "q.parquet", chunk=chunk, workers=workers)


def test_a_place_where_nothing_can_be_written_is_told(tmp_path: Path, small: Cohort) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(QuestionError, match="could not be written"):
        build(Plan(small, "test"), tmp_path / "file" / "q.parquet", chunk=17)


def test_a_file_that_exists_is_never_overwritten(tmp_path: Path, small: Cohort) -> None:
    (tmp_path / "q.parquet").write_text("mine")
    with pytest.raises(QuestionError, match="it is never overwritten"):
        build(Plan(small, "test"), tmp_path / "q.parquet")


def test_numbers_levels_and_outcomes_can_be_asked_about_alone(tmp_path: Path) -> None:
    cohort, asked = load_cohort("rhc-sepsis"), {}
    for kind in ("numbers", "levels", "outcomes"):
        path = tmp_path / f"{kind}.parquet"
        line = ["questions", "build", "--cohort", "rhc-sepsis", "--about", kind, "--quota", "1", "--out", str(path)]
        assert main(line) == 0
        names = set(read_questions(path).table["masked_feature"].to_pylist())
        asked[kind] = [cohort.codebook.feature(name) for name in names]
    assert {feature.numeric for feature in asked["numbers"]} == {True}
    assert {feature.numeric for feature in asked["levels"]} == {False}
    assert [feature.name for feature in asked["outcomes"]] == ["dth30"]
    assert sum(map(len, asked.values())) == 49  # each of those that can be masked, once
    assert not any(feature.role == "outcome" for kind in ("numbers", "levels") for feature in asked[kind])
