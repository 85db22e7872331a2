"""The confidence chip follows the calibration of an evaluation, and says so where there is none."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from creason_core.cohort.loading import load_cohort
from creason_core.cohort.options import DESIGN_VERSION
from creason_core.evaluation import calibration
from creason_core.evaluation.calibration import CalibrationPoint, Conditions, Graded
from creason_core.question.prompts import PROMPT_VERSION
from creason_core.question.task import temperature_for
from creason_core.settings import settings
from creason_core.store.records import group_records
from creason_core.store.runs.run_rows import recent_groups
from pages.question.grading import graded
from pages.server.services import services
from tests.pages.driver import Start, answer, mask, open_case, run_to_end, words


def calibrated(
    right: int, wrong: int, name: str = "rhc-sepsis", *, feature: str = "meanbp1", design: str = "stratified"
) -> None:
    """A calibration of the replay engine's model: of ``right`` + ``wrong`` unanimous answers, so many were right."""
    cohort = load_cohort(name)
    conditions = Conditions(
        identity=services().engine.identity,
        cohort=cohort.name,
        codebook_hash=cohort.codebook.content_hash,
        split_hash=cohort.split_hash,
        design=design,
        design_version=DESIGN_VERSION["stratified"],
        prompt_version=PROMPT_VERSION,
        scoring="majority",
        samples=5,
        temperature=temperature_for(5),
        max_tokens=settings().max_tokens,
    )
    votes = [
        CalibrationPoint(str(number), feature, "Vitals", 1.0, score, 0.2)
        for number, score in enumerate([1.0] * right + [0.0] * wrong)
    ]
    calibration.install(calibration.fit(votes, conditions, ""), settings().data_dir)


def five_samples(app: AppTest) -> str:
    """Asks five times, skipping one's own answer; what the page then says."""
    mask(open_case(app))
    app.button(key="commit_skip").click().run()
    app.button(key="samples_5").click().run()
    return words(run_to_end(app))


def test_an_answer_is_graded_by_how_often_such_agreement_was_right(start: Start) -> None:
    app = start(answer("C"))  # the middle one in every order
    calibrated(180, 20)
    shown = five_samples(app)
    assert "High confidence" in shown
    assert (
        "On 200 validation questions (about this value) this model was right in 90%, the commonest option in 20%"
        in shown
    )


def test_samples_of_two_models_or_not_all_of_them_are_not_what_was_calibrated(start: Start) -> None:
    app = start(answer("C"))
    calibrated(180, 20)
    five_samples(app)
    s = services()
    (record,) = group_records(s.db, s.user, [group.id for group in recent_groups(s.db, s.user, 1)])
    first, *rest = record.runs
    assert isinstance(graded(s, record.group, record.runs, record.vote), Graded)
    assert first.identity is not None
    other = replace(first, identity=replace(first.identity, adapter_hash="b" * 64))
    assert graded(s, record.group, (other, *rest), record.vote) is None
    five_of_six = (replace(first, id="sixth", sample=5, status="stopped"), *record.runs)
    assert graded(s, record.group, five_of_six, record.vote) is None


@pytest.mark.parametrize(("right", "told"), [
    (44, "in 22%, by a curve fitted on 200 validation answers: hardly more often than the commonest option (20%)"),
    (40, "as often as the commonest option (20%)"), (30, "less often than the commonest option (20%)"),
])  # fmt: skip
def test_agreement_that_is_right_hardly_more_often_than_the_commonest_option_suggests_nothing(
    start: Start, right: int, told: str
) -> None:
    app = start(answer("C"))
    calibrated(right, 200 - right)
    assert f"{told}. Do not lean on this answer" in five_samples(app)


def test_without_a_calibration_the_agreement_is_told_and_nothing_else(start: Start) -> None:
    shown = five_samples(start(answer("C")))
    assert "Uncalibrated: 5 of 5 agree" in shown
    assert "not yet measured" in shown


def test_a_calibration_from_questions_of_another_design_grades_nothing(start: Start) -> None:
    app = start(answer("C"))
    calibrated(180, 20, design="paper")
    assert "Uncalibrated: 5 of 5 agree" in five_samples(app)
    (chip,) = [badge for badge in app.markdown if "Uncalibrated" in badge.value]
    assert "It was where these differ: design (paper, not stratified)." in chip.help
