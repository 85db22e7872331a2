"""The registry's opinion is that of the baselines, on the same values, without the patient on the screen."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.loading import load_cohort
from creason_core.errors import EvaluationError
from creason_core.evaluation.baselines.compute import compute
from creason_core.evaluation.baselines.nearest import by_feature, distances
from creason_core.evaluation.second_opinion.learnt import learnt
from creason_core.evaluation.second_opinion.opinion import SecondOpinion, hidden_in, second_opinion
from creason_core.question.masked_value import build_estimate, build_question, visible_entries
from creason_core.question.vectorised.builder import Plan, build
from creason_core.question.vectorised.sampling import Sampling
from creason_core.question.vectorised.table import read_questions
from creason_core.record.case import make_case
from tests.cohort.longitudinal import made

FEATURES = ("crea1", "cat1")


def opinion_on(cohort: Cohort, patient: str, feature: str, **asked: object) -> SecondOpinion:
    case = cohort.case(patient)
    question = build_question(case, feature, cohort, seed=0, **asked)  # type: ignore[arg-type]
    return second_opinion(case, question, cohort, folder=None)


@pytest.mark.parametrize(("name", "design"), [
    ("rhc-sepsis", "stratified"), ("rhc-sepsis", "paper"), ("rhc-other", "stratified"),
])  # fmt: skip
def test_it_equals_the_baselines_on_the_same_questions(name: str, design: str, tmp_path: Path) -> None:
    cohort = load_cohort(name)
    sampling = Sampling(limit=16)
    build(Plan(cohort, "test", design=design, features=FEATURES, sampling=sampling), tmp_path / "q")  # type: ignore[arg-type]
    table = read_questions(tmp_path / "q")
    played = compute(table, cohort).probabilities
    asked = zip(table.frame["patient"], table.frame["masked_feature"], table.frame["options"], strict=True)
    for place, (patient, feature, options) in enumerate(asked):
        found = opinion_on(cohort, str(patient), str(feature), design=design)
        count = len(options)
        for baseline, ours in {"prior": found.base, "neighbours": found.neighbours, "boosting": found.boosting}.items():
            expected = played[baseline][place]
            assert np.allclose(np.array(ours, dtype=float), expected[:count], rtol=0, atol=1e-9), (
                patient,
                feature,
                baseline,
            )


def test_values_over_time_go_in_at_their_times_as_the_baselines_have_them(tmp_path: Path) -> None:
    cohort = made(tmp_path / "course")
    names = ("temp", "lactate")
    build(Plan(cohort, "test", features=names, sampling=Sampling(limit=4)), tmp_path / "q")
    table = read_questions(tmp_path / "q")
    played = compute(table, cohort).probabilities
    for place, (patient, feature) in enumerate(zip(table.frame["patient"], table.frame["masked_feature"], strict=True)):
        found = opinion_on(cohort, str(patient), str(feature))
        assert np.allclose(
            np.array(found.boosting), played["boosting"][place][: len(found.boosting)], rtol=0, atol=1e-9
        )
        assert np.allclose(np.array(found.neighbours), played["neighbours"][place][: len(found.boosting)], atol=1e-9)
        case = cohort.case(str(patient))
        shown = visible_entries(case, build_question(case, str(feature), cohort, seed=0), cohort.codebook)
        assert found.shown == len(shown)


def test_an_opinion_about_one_time_sees_nothing_of_the_same_value(tmp_path: Path) -> None:
    cohort = made(tmp_path / "course")
    case = next(one for one in map(cohort.case, cohort.split["test"]) if len(one.of("lactate")) == 3)
    question = build_question(case, "lactate@6", cohort, seed=0)
    known = learnt(cohort, "lactate@6", hidden_in(cohort, question), without=case.patient)
    assert not any(one.name.startswith("lactate") or one.name.endswith("@24") for one in known.columns)
    assert any(one.name == "systolic@0" for one in known.columns)
    assert second_opinion(case, question, cohort, folder=None).shown == len(
        visible_entries(case, question, cohort.codebook)
    )


def test_a_training_patient_is_left_out_of_their_own_second_opinion() -> None:
    cohort = load_cohort("rhc-sepsis")
    patient = cohort.split["train"][0]
    others = cohort.training.drop(index=patient)
    found = opinion_on(cohort, patient, "crea1")
    case = cohort.case(patient)
    question = build_question(case, "crea1", cohort, seed=0)
    without = second_opinion(case, question, replace(cohort, training=others), folder=None)
    assert found.similar == without.similar
    assert found.training == len(cohort.measured_training(cohort.codebook.feature("crea1")).drop(patient))
    # The bins' ends may hang on the one patient; the probabilities here do not.
    assert found.boosting == pytest.approx(without.boosting, abs=1e-9)


def test_nothing_that_the_prompt_hides_and_everything_let_through_goes_in() -> None:
    cohort = load_cohort("rhc-sepsis")
    case = cohort.case(cohort.split["test"][0])
    question = build_question(case, "pafi1", cohort, seed=0)
    told = {one.name for one in learnt(cohort, "pafi1", hidden_in(cohort, question)).columns}
    assert "aps1" not in told
    assert "pafi1" not in told
    through = build_question(case, "pafi1", cohort, seed=0, guard_off=frozenset({"aps1"}))
    assert told | {"aps1"} == {one.name for one in learnt(cohort, "pafi1", hidden_in(cohort, through)).columns}
    more = case.model_copy(update={"entries": tuple(e for e in case.entries if e.feature != "aps1")})
    hidden = question.model_copy(update={"case_hash": more.content_hash})
    first, second = (second_opinion(c, q, cohort, folder=None) for c, q in ((case, question), (more, hidden)))
    assert first == second  # what is hidden with the value changes nothing


def test_similar_patients_are_counted_by_option_and_explained_by_what_they_share() -> None:
    cohort = load_cohort("rhc-sepsis")
    found = opinion_on(cohort, cohort.split["test"][3], "crea1")
    assert found.similar.patients == 25
    assert sum(n or 0 for n in found.similar.had) == 25
    assert 1 <= len(found.similar.likenesses) <= 6
    assert sum(p or 0 for p in found.boosting) == pytest.approx(1)


def test_the_parts_of_a_distance_average_to_it() -> None:
    cohort = load_cohort("rhc-sepsis")
    known = learnt(cohort, "crea1", frozenset())
    row = known.values[5:6]
    parts = by_feature(row, known.values, known.columns)
    assert np.allclose(np.nanmean(parts, axis=1), distances(row, known.values, known.columns)[0])


def test_an_estimate_has_an_opinion_on_all_but_none_of_these() -> None:
    cohort = load_cohort("rhc-sepsis")
    case = cohort.case(cohort.split["test"][0])
    bare = make_case(case.patient, [e for e in case.entries if e.feature not in {"crea1", "cat1"}], cohort.codebook)
    for feature in ("crea1", "cat1"):
        found = second_opinion(bare, build_estimate(bare, feature, cohort, seed=0), cohort, folder=None)
        assert found.boosting[-1] is found.base[-1] is found.similar.had[-1] is None
        assert sum(p or 0 for p in found.boosting) == pytest.approx(1)


def test_without_any_value_in_common_nobody_is_called_similar() -> None:
    cohort = load_cohort("rhc-sepsis")
    case = cohort.case(cohort.split["test"][0])
    alone = make_case("typed-in", [e for e in case.entries if e.feature == "crea1"], cohort.codebook)
    found = second_opinion(alone, build_question(alone, "crea1", cohort, seed=0), cohort, folder=None)
    assert found.similar.patients == found.shown == 0
    assert found.similar.likenesses == ()
    assert found.neighbours == pytest.approx(found.base)


def test_a_question_of_another_record_or_codebook_is_refused_in_words() -> None:
    cohort = load_cohort("rhc-sepsis")
    one, other = (cohort.case(patient) for patient in cohort.split["test"][:2])
    question = build_question(one, "crea1", cohort, seed=0)
    with pytest.raises(EvaluationError, match=r"another version of the record.*Ask the question again"):
        second_opinion(other, question, cohort, folder=None)


def test_the_table_of_what_is_alike_has_the_patients_own_values_and_theirs_with_units() -> None:
    cohort = load_cohort("rhc-sepsis")
    patient = cohort.split["test"][3]
    for one in opinion_on(cohort, patient, "crea1").similar.likenesses:
        feature = next(each for each in cohort.codebook.features if each.label == one.label)
        own = cohort.case(patient).by_feature[feature.name].value
        assert one.own == feature.text_with_unit(own)
        form = r"^-?[\d.]+\+?( \S+)* \(-?[\d.]+\+? to -?[\d.]+\+?\)$" if feature.numeric else r"^.+ in \d+ of \d+$"
        assert re.match(form, one.theirs), one
