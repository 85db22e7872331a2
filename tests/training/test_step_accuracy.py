"""The steps of a reasoning are told apart: a rationale follows itself in all, and each fault shows in its own."""

from pathlib import Path

import pytest

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.loading import load_cohort
from creason_core.evaluation.registry_notes.making import bands
from creason_core.evaluation.run import Progress, Wanted, evaluate
from creason_core.evaluation.saved import read_run
from creason_core.model.engines.replay import Replay, scripted
from creason_core.question.vectorised.builder import Plan, build
from creason_core.question.vectorised.sampling import Sampling
from creason_core.question.vectorised.table import QuestionTable, read_questions
from training.teacher.cross_fitting import evidence
from training.teacher.rationale_text import RationaleContext, Statement, offered, parse_statements, rationale
from training.teacher.step_accuracy import StepAccuracy, follows, step_accuracy

REPLY = (
    " Sex: Male → says little. Potassium: 4.1 mmol/L, near the middle → much higher. Cancer: Metastatic → lower. "
    "Creatinine: A) 0.8, low; B) 1.9, near the middle; C) 4.1, high. Together: a high value. "
    "The options rise: C) 4.1. \\boxed{C}"
)


@pytest.fixture(scope="module")
def cohort() -> Cohort:
    return load_cohort("rhc-sepsis")


@pytest.fixture(scope="module")
def published(cohort: Cohort, tmp_path_factory: pytest.TempPathFactory) -> QuestionTable:
    """Numbers of the published design, about test patients."""
    file = tmp_path_factory.mktemp("questions") / "paper.parquet"
    build(Plan(cohort, "test", features=("resp1",), design="paper", sampling=Sampling(limit=30)), file)
    return read_questions(file)


@pytest.fixture(scope="module")
def table(cohort: Cohort, tmp_path_factory: pytest.TempPathFactory) -> QuestionTable:
    """About test patients: the rationales are those of the whole training split."""
    file = tmp_path_factory.mktemp("questions") / "test.parquet"
    build(Plan(cohort, "test", features=("crea1", "card"), sampling=Sampling(balanced=True, limit=60)), file)
    return read_questions(file)


def test_values_are_read_with_their_standing_and_what_they_speak_for() -> None:
    assert parse_statements(REPLY) == [
        Statement("Sex", "Male", "says little"),
        Statement("Potassium", "4.1 mmol/L, near the middle", "much higher"),
        Statement("Cancer", "Metastatic", "lower"),
    ]
    assert parse_statements("I think it is B. \\boxed{B}") == []
    assert parse_statements("") == []


def test_a_conclusion_follows_where_no_option_is_nearer_to_the_points(cohort: Cohort) -> None:
    number = RationaleContext(cohort.codebook.feature("crea1"), ("1", "2", "3", "4", "5"), 0)
    assert [follows(parse_statements(REPLY), option, number) for option in range(5)] == [
        False,
        False,
        False,
        True,
        False,
    ]
    far = [Statement("a", "", "much higher")] * 3  # six points: the highest, which two already reach
    assert [follows(far, option, number) for option in (3, 4)] == [False, True]
    level = RationaleContext(cohort.codebook.feature("sex"), ("Male", "Female"), 0)
    said = [Statement("a", "", "clearly Male"), Statement("b", "", "Female"), Statement("c", "", "says little")]
    assert [follows(said, option, level) for option in (0, 1)] == [True, False]
    assert follows(said[2:], 0, level) is None
    # Four points stay with the usual option, six leave it.
    assert [follows(far[:2], option, number, modal_option=1) for option in range(3)] == [False, True, False]
    assert [follows(far, option, number, modal_option=1) for option in range(3)] == [False, False, True]


def measured(table: QuestionTable, cohort: Cohort, old: str = "", new: str = "") -> StepAccuracy:
    """The step accuracy of the rationales themselves, with ``old`` put in place of ``new``."""
    found, stands, questions = StepAccuracy(cohort), bands(cohort), table.table.to_pylist()
    for name in table.frame["masked_feature"].unique():
        for one in evidence(table, cohort, name):
            question = questions[one.row]
            asked = RationaleContext(cohort.codebook.feature(name), tuple(question["options"]), 0)
            values = cohort.table.loc[question["patient"]].to_dict()
            text = rationale(one, asked, values, stands)
            found.add(text.replace(old, new) if old else text, one.chosen, one, asked, values)
            found.right(one.chosen, one, question["key"])
    return found


def test_a_rationale_follows_itself_in_every_step(table: QuestionTable, cohort: Cohort) -> None:
    found = measured(table, cohort)
    steps = ("told", "value", "standing", "points", "offered", "follows", "place", "same")
    assert all(found.hits[step] == found.trials[step] > 0 for step in steps)
    assert found.hits["right"] == found.hits["taught"]
    assert found.trials["right"] == len(table.table)
    assert len(found.lines()) == 10


@pytest.mark.parametrize(("old", "new", "step"), [
    (", near the middle", ", very high", "standing"),
    ("→ says little", "→ much higher", "points"),
    ("Age: ", "Height: ", "told"),
    (": No →", ": Yes →", "value"),
    ("Together: a high value", "Together: a low value", "place"),
])  # fmt: skip
def test_a_fault_shows_in_its_own_step(old: str, new: str, step: str, table: QuestionTable, cohort: Cohort) -> None:
    found = measured(table, cohort, old, new)
    assert found.hits[step] < found.trials[step]
    others = {"value", "standing", "points"} - {step} - ({"value"} if step == "told" else set())
    assert all(found.hits[other] == found.trials[other] for other in others)


def test_numbers_of_the_published_design_have_steps_of_their_own(published: QuestionTable, cohort: Cohort) -> None:
    found = measured(published, cohort)
    steps = ("told", "value", "standing", "points", "offered", "usual", "follows", "same")
    assert all(found.hits[step] == found.trials[step] > 0 for step in steps)
    assert found.trials["usual"] == 30 < found.trials["offered"]
    assert not found.trials["place"]
    assert measured(published, cohort, " very low;", " high;").hits["offered"] < found.hits["offered"]
    assert measured(published, cohort, "Mostly B)", "Mostly A)").hits["usual"] < found.hits["usual"]


def test_a_reply_is_measured_by_the_order_that_it_was_shown(cohort: Cohort, tmp_path: Path) -> None:
    file = tmp_path / "q.parquet"
    build(Plan(cohort, "test", features=("resp1",), design="paper", sampling=Sampling(limit=1)), file)
    table = read_questions(file)
    (found,), (question,) = evidence(table, cohort, "resp1"), table.table.to_pylist()
    rising, falling = (
        RationaleContext(cohort.codebook.feature("resp1"), tuple(question["options"]), sample) for sample in (0, 1)
    )
    text = rationale(found, rising, cohort.table.loc[question["patient"]].to_dict(), bands(cohort))
    what = Wanted(file, tmp_path / "run", ("mean",), 2, 0.7, 200, 2)
    evaluate(
        what, Replay(script=[scripted(text)]), cohort, tmp_path / "data", Progress(lambda *_: None, lambda _: None)
    )
    steps = step_accuracy(read_run(tmp_path / "run"), table, cohort)
    both = [set(offered(asked, bands(cohort)).partition(": ")[2].split("; ")) for asked in (rising, falling)]
    assert steps.trials["offered"] == 2 * len(both[0])
    assert steps.hits["offered"] == len(both[0]) + len(both[0] & both[1]) < steps.trials["offered"]
