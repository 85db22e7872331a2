"""What two answers say: shares paired by sample, what is cited, and where words and moves part."""

from pathlib import Path

import pytest

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.loading import load_cohort
from creason_core.errors import QuestionError
from creason_core.question.confidence import count_votes
from creason_core.question.what_if.answers import cited_in, compared, flipped, in_words, moved_most, shifts, unexplained
from creason_core.question.what_if.copying import suppose
from creason_core.question.what_if.pairing import Target, pair, question_on, targets, unseen
from tests.cohort.stroke import make_stroke


def test_the_interval_of_a_paired_difference_is_newcombes() -> None:
    # Newcombe 1998, method 10, of 36, 12, 2 and 0 pairs: both, first only, second only, neither.
    pairs = [(1, 1)] * 36 + [(1, 0)] * 12 + [(0, 1)] * 2
    first, second = ({k: 0 if pair[side] else 1 for k, pair in enumerate(pairs)} for side in (1, 0))
    shift = shifts(first, second, 2)[0]
    assert shift.difference == pytest.approx(0.2)
    assert shift.interval.low == pytest.approx(0.0569, abs=2e-4)
    assert shift.interval.high == pytest.approx(0.3404, abs=2e-4)


def test_only_samples_that_ended_on_both_sides_are_paired() -> None:
    found = shifts({0: 0, 1: 0, 2: None}, {0: 1, 2: 1, 4: 1}, 2)
    assert [(one.before, one.after) for one in found] == [(0.5, 0.0), (0.0, 1.0)]
    assert moved_most(found) == 1
    assert shifts({0: 0}, {1: 0}, 2) == ()
    assert in_words({0: 0}, {1: 0}, ["No", "Yes"]) == "No sample ended on both sides, so there is nothing to compare."


def test_no_change_is_a_result_in_words() -> None:
    same = dict.fromkeys(range(5), 0)
    told = "No change of any share: the same option in {} of 5 pairs of samples."
    assert in_words(same, same, ["No", "Yes"]) == told.format(5)
    one, other = {0: 0, 1: 1, 2: 0, 3: 0, 4: 0}, {0: 1, 1: 0, 2: 0, 3: 0, 4: 0}
    assert in_words(one, other, ["No", "Yes"]) == told.format(3)
    assert not flipped(count_votes([0] * 5, 2), count_votes([0] * 5, 2))
    assert not flipped(count_votes([0, 1], 2), count_votes([1, 1], 2))  # a tie has no answer that could have moved


def test_what_texts_cite_is_told_for_both_and_for_each_alone() -> None:
    cohort = load_cohort("rhc-sepsis")
    case = cohort.case(cohort.public[0].patient)
    question = question_on(Target("outcome", "dth30"), case, cohort)
    replies = [("MAP is low.", ""), ("The creatinine of 2.1 mg/dL is high.", "")]
    assert cited_in(replies, case, question, cohort.codebook) == {"meanbp1", "crea1"}
    found = compared(frozenset({"meanbp1", "crea1"}), frozenset({"crea1", "sod1"}), ["meanbp1", "sod1", "crea1"])
    assert (found.both, found.before, found.after) == (("crea1",), ("meanbp1",), ("sod1",))


def test_an_answer_that_moves_without_a_word_of_the_change_is_told_and_so_is_the_reverse() -> None:
    labels = {"meanbp1": "Mean arterial pressure"}
    moved = unexplained(moved=True, changed=["meanbp1"], cited=frozenset({"crea1"}), labels=labels)
    assert "The answer moved, and the changed value (Mean arterial pressure) is nowhere mentioned" in moved
    still = unexplained(moved=False, changed=["meanbp1"], cited=frozenset({"meanbp1"}), labels=labels)
    assert "mentions the changed value (Mean arterial pressure), and the answer did not move" in still
    assert not unexplained(moved=True, changed=["meanbp1"], cited=frozenset({"meanbp1"}), labels=labels)


@pytest.fixture(params=["rhc-sepsis", "ist-stroke"])
def cohort(request: pytest.FixtureRequest, tmp_path: Path) -> Cohort:
    if request.param == "rhc-sepsis":
        return load_cohort(request.param)
    make_stroke(tmp_path, tmp_path / "stroke")
    return load_cohort(str(tmp_path / "stroke"))


def test_the_two_questions_differ_in_the_change_alone(cohort: Cohort) -> None:
    case = cohort.case(cohort.public[0].patient)
    asked = targets(case, cohort)
    assert {"outcome", "mask"} == {one.kind for one in asked}
    number = next(entry.feature for entry in case.entries if cohort.codebook.feature(entry.feature).numeric)
    copy = suppose(case, {number: 41.0}, cohort)
    for target in [one for one in asked if one.feature != number][:6]:
        try:
            first, second = pair(target, case, copy.case, cohort, copy.stale)
        except QuestionError:  # the leak guard hides it in this question
            assert unseen([number], copy.case, question_on(target, case, cohort), cohort.codebook)
            continue
        assert (first.options, first.seed, first.hidden) == (second.options, second.seed, second.hidden)


def test_a_change_that_nobody_is_shown_is_refused_in_words() -> None:
    cohort = load_cohort("rhc-sepsis")
    case = cohort.case(cohort.public[0].patient)
    copy = suppose(case, {"meanbp1": 90.0}, cohort, asked="meanbp1")
    with pytest.raises(QuestionError, match="Mean arterial pressure"):
        pair(Target("mask", "meanbp1"), case, copy.case, cohort)
    dead = suppose(case, {"dth30": "No" if case.value("dth30") == "Yes" else "Yes"}, cohort)
    with pytest.raises(QuestionError, match="The change cannot be seen in the question about Creatinine"):
        pair(Target("mask", "crea1"), case, dead.case, cohort)
