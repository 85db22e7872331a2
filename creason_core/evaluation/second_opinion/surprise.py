"""How surprising each recorded value of a case is to the registry, given the rest of the record.

For a value the boosting of ``learnt`` gives the probability of every bin or level from what a prompt about it would
show. Surprise is, in bits, how improbable a value at least so far out would be,

    surprise = −log2 P(at least so far out | the rest of the record),

the tail area of the predictive distribution (Box, J. R. Statist. Soc. A 1980, 143, 383–430), in Shannon's unit.
"At least so far out" is, for levels, every level that is at most as probable; for numbers and ordered levels twice the
smaller of the two tails. Within its bin a number's place is its rank among the training patients of that bin, and
half a patient lies beyond the last. In the outermost bin it is the tail among all training patients times the
probability of the option over its base rate: so a value is surprising where it is rare, and where the rest of the
record says otherwise.

A surprise is a prompt to look, not an error. 4.3 bits are a tail of 5 %: of 50 values two or three have that by chance.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.option_making import range_words
from creason_core.cohort.standing import registry
from creason_core.errors import CReasonError, EvaluationError, QuestionError
from creason_core.evaluation.baselines.compute import classes_of
from creason_core.evaluation.baselines.predictors import coded_row, coded_value
from creason_core.evaluation.second_opinion.learnt import Learnt, learnt
from creason_core.question.masked_value import SHOWN_ROLES, guarded_in, hidden_features, maskable
from creason_core.question.vectorised.options import chooser
from creason_core.record.case import PatientCase
from creason_core.record.hours import parted
from creason_core.record.over_time import counted

FEWEST = 40  # training patients: boosting's leaves have 20, so that of fewer it learns nothing from the rest
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Surprise:
    """One value of a case beside what the registry makes of it.

    ``probability`` is boosting's, of the option that the value lies in (its bin or level), ``base`` that option's share
    of the training patients, ``bits`` the surprise (0 and more), and ``expected`` the likeliest option, in words.
    """

    feature: str
    recorded: float | str
    probability: float
    base: float
    bits: float
    expected: str
    expected_probability: float


@dataclass(frozen=True, slots=True)
class Scan:
    """The values of a case by falling surprise; ``left_out`` are those without one, each with a sentence why.

    ``stopped`` says that not every value was looked at.
    """

    found: tuple[Surprise, ...]
    left_out: tuple[tuple[str, str], ...]
    stopped: bool


def scan(
    case: PatientCase,
    cohort: Cohort,
    *,
    folder: Path | None,
    progress: Callable[[int, int], object] = lambda _done, _all: None,
    tell: Callable[[Surprise], object] = lambda _one: None,
    stop: Callable[[], bool] = lambda: False,
) -> Scan:
    """How surprising every value of ``case`` that can be masked is; ``stop`` is asked before each, what is done stays.

    Of several values over time the one that counts is looked at. Outcomes are left out: nobody knew them yet.
    ``folder`` is where fits are kept (``learnt``). ``progress`` is told how many of how many are done, and ``tell``
    each surprise at once: values that are rare by themselves come first, since a first scan fits for seconds.

    Raises:
        CodebookError: The case has a feature that the cohort's codebook does not know.
    """
    items = [(one.feature, one.why_not or _why_not_looked_at(one.feature, cohort)) for one in maskable(case, cohort)]
    items.sort(key=lambda item: (bool(item[1]), 0.0 if item[1] else _share_so_far_out(case, item[0], cohort)))
    found, left_out, stopped = [], [], False
    for done, (feature, why_not) in enumerate(items):
        if stop():
            stopped = True
            break
        if why_not:
            left_out.append((feature, why_not))
        else:
            try:
                found.append(_of_case(case, feature, cohort, folder))
                tell(found[-1])
            except CReasonError as error:
                left_out.append((feature, str(error)))
        progress(done + 1, len(items))
    found.sort(key=lambda one: -one.bits)
    return Scan(tuple(found), tuple(left_out), stopped)


def known_for_scan(cohort: Cohort, feature: str, *, without: str = "", folder: Path | None = None) -> Learnt:
    """What is learnt about ``feature`` from all that a prompt about it may show."""
    hidden = frozenset(item.feature for item in hidden_features(cohort, feature))
    return learnt(cohort, feature, hidden, without=without, folder=folder)


def _why_not_looked_at(name: str, cohort: Cohort) -> str:
    """Why a value that can be masked is left out of a scan, as a sentence; empty where it is not."""
    feature = cohort.codebook.feature(name)
    if feature.role not in SHOWN_ROLES:
        return f"{feature.label} is an outcome: it is known after the record, so nothing in the record is held to it."
    if parted(name)[1] is not None:
        return f"{feature.label} is one of several values over time; the one that counts is looked at."
    return ""


def _share_so_far_out(case: PatientCase, feature: str, cohort: Cohort) -> float:
    """About how many training patients have a value of ``feature`` that lies so far out, whatever else they have."""
    entry = counted(case, cohort.codebook.feature(feature), cohort.codebook)
    stands = registry(cohort).standing(entry.name, entry.value, case.patient) if entry else None
    if stands is None:
        return 1.0
    return stands.equal if stands.place is None else 2 * min(stands.place, 1 - stands.place)


def _of_case(case: PatientCase, feature: str, cohort: Cohort, folder: Path | None) -> Surprise:
    known = known_for_scan(cohort, feature, without=case.patient, folder=folder)
    if len(known.classes) < FEWEST:
        raise EvaluationError(
            f"Only {len(known.classes):,} training patients of {cohort.title} have {known.feature.label}: at least "
            f"{FEWEST} are needed to say what is surprising."
        )
    hidden = {feature, *(item.feature for item in guarded_in(case, feature, cohort))}
    shown = [entry for entry in case.entries if hidden.isdisjoint((entry.feature, entry.name))]
    row = coded_row(shown, known.columns, cohort.codebook)
    if np.isnan(row).all():
        raise EvaluationError(f"Nothing else of this record may be seen beside {known.feature.label} to hold it to.")
    entry = counted(case, known.feature, cohort.codebook)
    if entry is None:
        raise QuestionError(f"{known.feature.label} is not recorded in this case.")
    recorded = entry.value
    probabilities = known.trees.probabilities(row)
    coded = np.array([coded_value(known.feature, recorded)])
    place = int(class_of(known, coded)[0])
    likeliest = int(probabilities[0].argmax())
    return Surprise(
        feature=feature,
        recorded=recorded,
        probability=float(probabilities[0, place]),
        base=float(known.shares[place]),
        bits=float(bits(known, probabilities, coded)[0]),
        expected=option_words(known, likeliest),
        expected_probability=float(probabilities[0, likeliest]),
    )


def bits(known: Learnt, probabilities: Floats, recorded: Floats) -> Floats:
    """The surprise (n, bits) of ``recorded`` (n: numbers, or places of levels), given the ``probabilities`` of classes.

    ``probabilities`` (n × classes) are of ``known.trees``. No tail is smaller than half a training patient's share.
    """
    classes = class_of(known, recorded)
    rows = np.arange(len(recorded))
    own = probabilities[rows, classes]
    least = 0.5 / (len(known.classes) + 1)
    if not known.feature.ordered:
        tail = np.where(probabilities <= own[:, None] + 1e-12, probabilities, 0.0).sum(axis=1)
        return _in_bits(np.clip(tail, least, 1.0))
    upto = np.cumsum(probabilities, axis=1)[rows, classes]
    below, beyond = _within(known, recorded, classes)
    low = upto - own + own * below
    high = 1 - upto + own * beyond
    return _in_bits(np.clip(2 * np.minimum(low, high), least, 1.0))


def _in_bits(shares: Floats) -> Floats:
    return np.asarray(0.0 - np.log2(shares))  # of certainty 0, where the negative of it would be read as "-0.0"


def _within(known: Learnt, recorded: Floats, classes: Ints) -> tuple[Floats, Floats]:
    """The shares of a number's bin that lie at or below it, and at or above it; 1 for levels."""
    below, beyond = np.ones(len(recorded)), np.ones(len(recorded))
    if not known.feature.numeric:
        return below, beyond
    for place, values in enumerate(known.model.bins):
        mine = classes == place
        upto = np.searchsorted(values, recorded[mine], side="right")
        under = np.searchsorted(values, recorded[mine], side="left")
        below[mine] = (upto + 0.5) / (len(values) + 0.5)
        beyond[mine] = (len(values) - under + 0.5) / (len(values) + 0.5)
    return below, beyond


def class_of(known: Learnt, recorded: Floats) -> Ints:
    """The bin or level (n) that each of ``recorded`` (numbers, or places of levels) lies in."""
    return classes_of(known.feature, chooser(known.model, "stratified"), recorded)


def option_words(known: Learnt, place: int) -> str:
    """A class in words: a level's label, or a bin's range with its unit."""
    feature = known.feature
    if not feature.numeric:
        return feature.levels[place].label
    return range_words(known.model, place, feature.unit_label)
