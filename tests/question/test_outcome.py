"""Predictions: what is known too late is never shown, what is no yes/no outcome is refused, and answers give odds."""

from dataclasses import replace
from functools import cache

import pytest

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.leakage.guard import HiddenSet, LeakGuard
from creason_core.cohort.loading import load_cohort
from creason_core.errors import EvaluationError, QuestionError
from creason_core.evaluation.baselines import outcome as baselines
from creason_core.evaluation.baselines.compute import matrix
from creason_core.evaluation.baselines.outcome import outcome_baseline
from creason_core.evaluation.baselines.predictors import coded_row
from creason_core.metrics import wilson
from creason_core.question.confidence import count_votes
from creason_core.question.kinds import Prediction, read_question, task_of
from creason_core.question.masked_value import build_question, visible_entries
from creason_core.question.outcome import OutcomeQuestion, build_outcome, kept_back, outcomes
from creason_core.question.prompts import transcript
from creason_core.record.case import Entry, PatientCase, make_case
from creason_core.record.codebook import Codebook, Level
from tests.cohort.longitudinal import died

DIED = "dth30"


@cache
def cohort() -> Cohort:
    return load_cohort("rhc-sepsis")


def a_case(of: Cohort | None = None, part: str = "test", number: int = 0) -> PatientCase:
    found = of or cohort()
    return found.case(found.split[part][number])  # type: ignore[index]


def changed(name: str, **fields: object) -> Cohort:
    """The cohort, with one feature described otherwise."""
    book = cohort().codebook
    features = [f.model_dump() | (fields if f.name == name else {}) for f in book.features]
    return replace(cohort(), codebook=Codebook.model_validate(book.model_dump() | {"features": features}))


def prompt(question: OutcomeQuestion, case: PatientCase, of: Cohort | None = None) -> str:
    task = task_of(question, (of or cohort()).codebook)
    return transcript(task.messages(case, task.order(0)))


@pytest.mark.parametrize("number", range(8))
def test_nothing_that_is_known_later_is_shown_or_sent(number: int) -> None:
    case, book = a_case(number=number), cohort().codebook
    question = build_outcome(case, DIED, cohort(), seed=0, as_of="admission")
    shown = visible_entries(case, question, book)
    assert {book.feature(entry.feature).time for entry in shown} == {"admission"}
    later = [entry.feature for entry in case.entries if book.feature(entry.feature).time == "day1"]
    assert [item.feature for item in question.hidden] == later != []
    assert all(f"\n{book.feature(name).label}: " not in prompt(question, case) for name in later)
    assert "From what is known at admission, what will be the outcome 'Death within 30 days'" in prompt(question, case)


def test_a_value_known_only_with_the_outcome_is_hidden_and_cannot_be_let_through() -> None:
    stay = changed("urin1", label="Length of stay", time="outcome")
    case = a_case(stay)
    masked = build_question(case, DIED, stay, seed=0)
    assert "urin1" in {entry.feature for entry in visible_entries(case, masked, stay.codebook)}  # which is why
    for off in (frozenset[str](), frozenset({"urin1"})):
        question = build_outcome(case, DIED, stay, seed=0, guard_off=off)
        assert question.as_of == "day1"
        assert "Length of stay" not in prompt(question, case, stay)
        assert "urin1" in kept_back(stay, question)
        assert question.guard_off == ()  # so that nothing says it was
        assert "urin1" in task_of(question, stay.codebook).stays_hidden(case)


def test_what_the_guard_hides_stays_hidden_until_it_is_let_through() -> None:
    guard = cohort().guard
    hidden = guard.hidden_with("meanbp1")[:1]
    entries = [*(entry for entry in guard.entries if entry.masked != DIED), HiddenSet(masked=DIED, hidden=hidden)]
    guarded = replace(cohort(), guard=LeakGuard.model_validate(guard.model_dump() | {"entries": entries}))
    label = guarded.codebook.feature(hidden[0].feature).label
    case, off = a_case(guarded), frozenset({hidden[0].feature})
    assert f"\n{label}: " not in prompt(build_outcome(case, DIED, guarded, seed=0), case, guarded)
    let = build_outcome(case, DIED, guarded, seed=0, guard_off=off)
    assert f"\n{label}: " in prompt(let, case, guarded)
    assert let.guard_off == (hidden[0].feature,)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"role": "predictor"}, "is no outcome"),
        ({"levels": (Level(code="No", label="Home"), Level(code="Yes", label="Ward"))}, "Home, Ward"),
        ({"kind": "number", "levels": ()}, "only an outcome that is Yes or No"),
        ({"time": "admission"}, "Nothing of this codebook is known before"),
    ],
)  # fmt: skip
def test_what_is_no_outcome_to_predict_is_refused_in_words(fields: dict[str, object], said: str) -> None:
    of = changed(DIED, **fields)
    with pytest.raises(QuestionError, match=said):
        build_outcome(make_case("p", (), of.codebook), DIED, of, seed=0)
    assert [said in one.why_not for one in outcomes(of)] == [True] * (of.codebook.feature(DIED).role == "outcome")


def test_the_future_is_not_known_at_the_time_of_the_outcome() -> None:
    with pytest.raises(QuestionError, match="cannot be predicted from what is known at the end"):
        build_outcome(a_case(), DIED, cohort(), seed=0, as_of="outcome")


def test_an_outcome_that_is_not_recorded_is_asked_all_the_same_and_has_nothing_to_reveal() -> None:
    whole = a_case()
    entries = [entry for entry in whole.entries if entry.feature != DIED]
    open_case = make_case(whole.patient, entries, cohort().codebook)
    known, unknown = (build_outcome(case, DIED, cohort(), seed=0) for case in (whole, open_case))
    assert known.truth == (0, "No")
    assert unknown.truth is None
    assert (known.options, known.hidden, known.event) == (unknown.options, unknown.hidden, unknown.event)
    assert prompt(known, whole) == prompt(unknown, open_case)  # what is recorded changes nothing that is sent
    task = task_of(unknown, cohort().codebook)
    assert (task.recorded, task.grade(0)) == (None, None)


def test_every_kind_and_time_is_another_question_and_reads_back_as_it_was_stored() -> None:
    case = a_case()
    made = [build_outcome(case, DIED, cohort(), seed=0, as_of=time) for time in ("admission", "day1")]
    masked = build_question(case, DIED, cohort(), seed=0)
    assert len({masked.id, *(one.id for one in made)}) == 3
    assert [read_question(one.model_dump_json()) for one in made] == made
    counts = cohort().training[DIED].value_counts()
    assert [option.prior for option in made[0].options] == pytest.approx([counts["No"] / 1513, counts["Yes"] / 1513])


def test_samples_that_answered_give_a_probability_with_its_interval_and_one_gives_none() -> None:
    task = Prediction(build_outcome(a_case(), DIED, cohort(), seed=0), cohort().codebook)
    found = task.probability(count_votes([1, 1, 1, 0, None], 2))
    assert found is not None
    assert (found.value, found.interval, found.of) == (0.75, wilson(3, 4), 4)
    assert task.probability(count_votes([1, None], 2)) is None
    assert "probability of Yes 75% (95 % interval 30% to 95%)" in task.agreement(count_votes([1, 1, 1, 0, None], 2))


def test_the_event_is_the_option_that_says_yes_wherever_it_stands() -> None:
    levels = tuple(reversed(cohort().codebook.feature(DIED).levels))
    turned = changed(DIED, levels=levels)
    question = build_outcome(a_case(turned), DIED, turned, seed=0)
    assert (question.event, question.options[0].text) == (0, "Yes")
    rate = outcome_baseline(turned, question, a_case(turned)).rate
    assert (rate.value, rate.interval) == (552 / 1513, wilson(552, 1513))


def test_the_baselines_never_learn_from_the_patient_asked_about_and_see_what_the_prompt_shows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[tuple[int, int]] = []

    def fitted(train, classes, **_):  # type: ignore[no-untyped-def]
        seen.append(train.shape)
        raise EvaluationError("This needs scikit-learn, which is not installed.")

    monkeypatch.setattr(baselines, "fit_classes", fitted)
    baselines._fitted.cache_clear()
    for part, patients in (("test", 1513), ("train", 1512)):
        case = a_case(part=part)
        for time, features in (("admission", 28), ("day1", 48)):
            found = outcome_baseline(cohort(), build_outcome(case, DIED, cohort(), seed=0, as_of=time), case)  # type: ignore[arg-type]
            assert seen.pop() == (patients, features)
            assert (found.rate.of, found.boosting) == (patients, None)
            assert found.note == "Gradient boosting: This needs scikit-learn, which is not installed."


def test_boosting_says_the_same_of_a_record_as_of_the_registrys_row() -> None:
    case = a_case()
    question = build_outcome(case, DIED, cohort(), seed=0)
    visible = baselines._visible(cohort(), kept_back(cohort(), question))
    row = matrix(cohort().table.loc[[case.patient]], visible)
    assert coded_row(case.entries, visible, cohort().codebook)[0].tolist() == pytest.approx(
        row[0].tolist(), nan_ok=True
    )
    said = outcome_baseline(cohort(), question, case).boosting
    assert said is not None
    assert 0 < said < 1


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    return died(tmp_path_factory.mktemp("course") / "course")


@pytest.mark.parametrize(("time", "latest"), [("admission", 0), ("day1", 24)])
def test_a_value_over_time_is_shown_only_where_it_is_known_by_then(course: Cohort, time: str, latest: int) -> None:
    whole = max((course.case(patient) for patient in course.split["test"]), key=lambda case: len(case.entries))
    lactate = Entry(feature="lactate", value=17.3, hours=20)
    late = Entry(feature="lactate", value=19.4, hours=30)
    case = make_case("p", (*whole.entries, lactate, late), course.codebook)
    question = build_outcome(case, "died", course, seed=0, as_of=time)  # type: ignore[arg-type]
    shown = visible_entries(case, question, course.codebook)
    assert max(entry.hours or 0 for entry in shown) == max(latest, 20 if latest > 20 else 0)
    assert {item.feature for item in question.hidden} >= {
        entry.name for entry in case.entries if (entry.hours or 0) > latest
    }
    assert ("17.3" in prompt(question, case, course), "19.4" in prompt(question, case, course)) == (latest > 20, False)
    columns = {one.name for one in baselines._visible(course, kept_back(course, question))}
    assert {"lactate@0", "lactate@24"} & columns == ({"lactate@0", "lactate@24"} if latest else {"lactate@0"})


def test_what_the_guard_hides_at_one_time_is_hidden_from_a_prediction_too(course: Cohort) -> None:
    item = course.guard.hidden_with("map@6")[0].model_copy(update={"feature": "map@6"})
    entries = [
        *(entry for entry in course.guard.entries if entry.masked != "died"),
        HiddenSet(masked="died", hidden=(item,)),
    ]
    guarded = replace(course, guard=LeakGuard.model_validate(course.guard.model_dump() | {"entries": entries}))
    case = next(one for one in map(guarded.case, guarded.split["test"]) if "map@6" in one.by_feature)
    question = build_outcome(case, "died", guarded, seed=0)
    assert "map@6" in {one.feature for one in question.hidden}
    assert "map@6" not in {entry.name for entry in visible_entries(case, question, guarded.codebook)}


def test_an_outcome_with_a_time_is_recorded_and_boosting_reads_values_at_their_times(course: Cohort) -> None:
    case = next(one for one in map(course.case, course.split["test"]) if "lactate@24" in one.by_feature)
    rest = [entry for entry in case.entries if entry.feature != "died"]
    timed = make_case("p", (*rest, Entry(feature="died", value="Yes", hours=200)), course.codebook)
    question = build_outcome(timed, "died", course, seed=0)
    assert (question.recorded, question.key) == ("Yes", 1)
    visible = baselines._visible(course, kept_back(course, question))
    row = coded_row(visible_entries(timed, question, course.codebook), visible, course.codebook)[0]
    expected = matrix(course.table.loc[[case.patient]], visible)[0]
    assert row.tolist() == pytest.approx(expected.tolist(), nan_ok=True)
