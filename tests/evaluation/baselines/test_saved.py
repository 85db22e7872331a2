"""The baselines' scores that About shows: one's own before those that ship, of exactly the cohort's split."""

from pathlib import Path

from creason_core.cohort.loading import load_cohort
from creason_core.evaluation.baselines.saved import baselines_of, save


def test_own_scores_come_before_those_that_ship_and_only_of_the_same_split_as_they_come(tmp_path: Path) -> None:
    cohort = load_cohort("rhc-sepsis")
    shipped = baselines_of(tmp_path, cohort.name, cohort.split_hash)
    assert shipped is not None
    assert Path(shipped.report.file).name == shipped.report.file
    assert baselines_of(tmp_path, cohort.name, "another split") is None
    own = shipped.model_copy(update={"finished": "2027-01-01"})
    save(own, tmp_path)
    balanced = shipped.report.model_copy(update={"balanced": True})
    save(own.model_copy(update={"questions_sha256": "b" * 64, "finished": "2027-02-01", "report": balanced}), tmp_path)
    found = baselines_of(tmp_path, cohort.name, cohort.split_hash)
    assert found == own
    assert baselines_of(tmp_path, cohort.name, cohort.split_hash) is found  # read once, while the file stays as it is
    save(own.model_copy(update={"finished": "2027-03-01"}), tmp_path)
    again = baselines_of(tmp_path, cohort.name, cohort.split_hash)
    assert again is not None
    assert again.finished == "2027-03-01"
