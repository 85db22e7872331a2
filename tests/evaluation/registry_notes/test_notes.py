"""Notes tell what other patients say of what the prompt shows, and never the masked value or what is hidden with it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.loading import load_cohort
from creason_core.evaluation.registry_notes.concluding import conclusion
from creason_core.evaluation.registry_notes.fitting import LEAST, NO_FOLD, fit, fold_of, speaks_without
from creason_core.evaluation.registry_notes.making import notes_on, with_notes
from creason_core.evaluation.registry_notes.reader import NotesReader, read_notes
from creason_core.evaluation.run import Progress, Wanted, evaluate
from creason_core.question.hiding_more import hide_more
from creason_core.question.kinds import MaskedValue, Question, read_question, task_of
from creason_core.question.masked_value import build_estimate, build_question, estimable, maskable
from creason_core.question.notes import Notes
from creason_core.question.prompts import NOTES_VERSION, PROMPT_VERSION, prompt_version
from creason_core.question.vectorised.builder import Plan, build
from creason_core.question.vectorised.sampling import Sampling

PATIENTS = 12


@pytest.fixture(scope="module")
def cohort() -> Cohort:
    return load_cohort("rhc-sepsis")


def user(question: Question, cohort: Cohort, sample: int = 0) -> str:
    task = task_of(question, cohort.codebook)
    return task.messages(cohort.case(question.patient), task.order(sample))[1].content


def asked(cohort: Cohort) -> list[MaskedValue]:
    found = []
    for patient in cohort.split["test"][:PATIENTS]:
        case = cohort.case(patient)
        features = [one.feature for one in maskable(case, cohort) if not one.why_not][::5]
        found += [
            MaskedValue(with_notes(build_question(case, feature, cohort, seed=0), case, cohort), cohort.codebook)
            for feature in features
        ]
    return found


def test_the_prompt_is_the_plain_one_with_a_block_and_words_behind_the_options(cohort: Cohort) -> None:
    for task in asked(cohort):
        plain = task.question.model_copy(update={"notes": None})
        assert (plain.id, prompt_version(plain), prompt_version(task.question)) == (
            task.question.id, PROMPT_VERSION, NOTES_VERSION,
        )  # fmt: skip
        before, stem, options = user(plain, cohort, 1).rpartition(f"\n\n{task.stem}\n")
        noted = user(task.question, cohort, 1)
        assert noted.startswith(f"{before}\n\n## The registry on {task.feature.label}, from ")
        lines = noted.rpartition(stem)[2].split("\n")
        assert [with_.startswith(without) for with_, without in zip(lines, options.split("\n"), strict=True)]


def test_notes_name_only_what_the_prompt_shows_as_it_shows_it(cohort: Cohort) -> None:
    for task in asked(cohort):
        notes, record = task.question.notes, user(task.question.model_copy(update={"notes": None}), cohort)
        assert notes is not None
        hidden = {item.feature for item in task.question.hidden} | {task.question.masked_feature}
        for note in notes.told:
            assert note.feature not in hidden
            assert note.label in record
            assert f"{note.label}: {note.value}" in record or note.value in ("Yes", "No")
        labels = {cohort.codebook.feature(name).label for name in hidden}
        assert not labels & {label for _, named in notes.also for label in named}


def test_the_masked_value_and_what_is_hidden_change_nothing(cohort: Cohort) -> None:
    patient = cohort.split["test"][0]
    case = cohort.case(patient)
    question = build_question(case, "crea1", cohort, seed=0)
    known = notes_on(question, case, cohort)
    hidden = {"crea1", *(item.feature for item in question.hidden)}
    numbers = {feature.name for feature in cohort.codebook.features if feature.numeric}
    other = case.model_copy(
        update={
            "entries": tuple(
                one.model_copy(update={"value": 9.9} if one.feature in hidden and one.feature in numbers else {})
                for one in case.entries
            )
        }
    )
    again = question.model_copy(update={"case_hash": other.content_hash})
    assert notes_on(again, other, cohort) == known


def test_what_a_reader_hides_is_neither_told_nor_fitted_on(cohort: Cohort) -> None:
    case = cohort.case(cohort.split["test"][1])
    question = build_question(case, "crea1", cohort, seed=0)
    first = notes_on(question, case, cohort).told[0].feature
    less = notes_on(hide_more(question, [first], case, cohort.codebook), case, cohort)
    assert first not in {note.feature for note in less.told}
    assert first not in str(less)
    later = hide_more(with_notes(question, case, cohort), [first], case, cohort.codebook)
    label = cohort.codebook.feature(first).label
    assert label not in user(later, cohort).partition("## The registry on")[2]


def test_a_training_patient_is_spoken_of_by_other_folds_only(cohort: Cohort) -> None:
    patient = cohort.split["train"][0]
    assert speaks_without(patient, cohort) == fold_of(patient)
    assert speaks_without(cohort.split["test"][0], cohort) == speaks_without("entered", cohort) == NO_FOLD
    whole, without = fit(cohort, "crea1", frozenset(), NO_FOLD), fit(cohort, "crea1", frozenset(), fold_of(patient))
    measured = cohort.measured_training(cohort.codebook.feature("crea1")).index
    mine = sum(fold_of(one) == fold_of(patient) for one in measured)
    assert whole.patients - without.patients == mine > 0


def test_too_few_patients_one_value_and_no_relation_are_sentences(cohort: Cohort) -> None:
    few = replace(cohort, training=cohort.training.iloc[: LEAST - 2])
    assert "too few" in fit(few, "crea1", frozenset(), NO_FOLD).why_none
    same = replace(cohort, training=cohort.training.assign(crea1=1.0))
    assert fit(same, "crea1", frozenset(), NO_FOLD).why_none == "All of them have the same value."
    shuffled = np.random.default_rng(0).permutation(cohort.training["crea1"].to_numpy())
    loose = replace(cohort, training=cohort.training.assign(crea1=shuffled))
    assert "clearly enough" in fit(loose, "crea1", frozenset(), NO_FOLD).why_none
    assert fit(cohort, "crea1", frozenset(), NO_FOLD).why_none == ""


def test_estimates_have_notes_too_and_questions_come_back_from_the_store_with_theirs(cohort: Cohort) -> None:
    case = cohort.case(cohort.split["test"][2])
    feature = next(one.feature for one in estimable(case, cohort) if not one.why_not)
    question = with_notes(build_estimate(case, feature, cohort, seed=0), case, cohort)
    assert isinstance(question.notes, Notes)
    assert question.notes.options[-1] == ""  # "none of these" stands nowhere
    assert read_question(question.model_dump_json()) == question
    assert '"notes"' not in question.model_copy(update={"notes": None}).model_dump_json()


def test_a_reader_of_the_prompt_alone_counts_what_the_question_says(cohort: Cohort) -> None:
    for balanced in (False, True):
        for task in asked(cohort):
            case = cohort.case(task.question.patient)
            task = MaskedValue(with_notes(task.question, case, cohort, balanced=balanced), cohort.codebook)  # noqa: PLW2901
            for sample in (0, 1):
                order = task.order(sample)
                assert order[read_notes(task.messages(case, order))] == conclusion(task.question, task.feature)


def test_how_common_a_level_is_is_told_of_patients_as_they_come_and_not_of_balanced_questions(cohort: Cohort) -> None:
    case = cohort.case(cohort.split["test"][0])
    question = build_question(case, "chfhx", cohort, seed=0)
    natural, balanced = (notes_on(question, case, cohort, balanced=one) for one in (False, True))
    assert (natural.usual, natural.even) == ("No", "")
    assert natural.options[0].endswith("% of patients")
    assert (balanced.usual, balanced.options) == ("", ("", ""))
    assert balanced.even in ("No", "Yes")


@pytest.mark.slow
def test_counting_notes_is_right_more_often_than_chance_on_held_out_patients(cohort: Cohort, tmp_path: Path) -> None:
    file, out = tmp_path / "questions.parquet", tmp_path / "run"
    features = ("crea1", "meanbp1", "renalhx")
    build(Plan(cohort, "test", features=features, sampling=Sampling(balanced=True, limit=400)), file)
    wanted = Wanted(file, out, ("greedy",), 1, 0.0, 50, 8, notes=True)
    found = evaluate(wanted, NotesReader(), cohort, tmp_path, Progress(lambda *_: None, lambda _: None)).summary
    assert found.main.answered.value == 1
    assert found.main.accuracy.interval.low > found.chance.value
