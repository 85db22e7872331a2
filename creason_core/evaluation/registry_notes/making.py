"""Notes on one question: from the cohort's training patients and what the prompt shows, nothing else."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

import numpy as np

from creason_core.arrays import Floats
from creason_core.cohort.cohort import Cohort
from creason_core.cohort.options import Option
from creason_core.errors import EvaluationError
from creason_core.evaluation.baselines.predictors import coded_row
from creason_core.evaluation.registry_notes.fitting import Fit, fit, speaks_without
from creason_core.evaluation.registry_notes.scorecard import band
from creason_core.evaluation.second_opinion.opinion import hidden_in
from creason_core.question.asked import QuestionBase
from creason_core.question.masked_value import visible_entries
from creason_core.question.notes import LITTLE, STANDING, Notes, RegistryNote
from creason_core.question.prompts import value_in_prompt
from creason_core.record.case import PatientCase
from creason_core.record.codebook import Feature

Q = TypeVar("Q", bound=QuestionBase)
ALSO = 12  # features, by how much they say, that are named where they stand out
_MIDDLE = 2  # of STANDING: not worth a word


def with_notes(question: Q, case: PatientCase, cohort: Cohort, *, balanced: bool = False) -> Q:
    """``question`` about ``case`` with the registry's notes in its prompt.

    ``balanced``: it is one of a file in which every class is as common as the others, so that how common a level is
    among patients is no help and is not told.

    Raises:
        EvaluationError: The question is of another codebook than the cohort's, or about another case.
    """
    return question.model_copy(update={"notes": notes_on(question, case, cohort, balanced=balanced)})


def notes_on(question: QuestionBase, case: PatientCase, cohort: Cohort, *, balanced: bool = False) -> Notes:
    """The registry's notes on ``question``: of exactly what its prompt shows, by patients other than this one.

    Where a value stands is told by all training patients (``Bands``); ``balanced`` as in ``with_notes``.

    Raises:
        EvaluationError: The question is of another codebook than the cohort's, or about another case.
    """
    if question.codebook_hash != cohort.codebook.content_hash or question.case_hash != case.content_hash:
        raise EvaluationError(
            "The question is about another version of the record or of the codebook, so the registry has no notes on "
            "it.",
            remedy="Ask the question again.",
        )
    masked = cohort.codebook.feature(question.masked_feature)
    found = fit(cohort, masked.name, hidden_in(cohort, question), speaks_without(case.patient, cohort))
    entries = visible_entries(case, question, cohort.codebook)
    row = coded_row(entries, found.columns, cohort.codebook)
    shown = {entry.name: value_in_prompt(cohort.codebook.feature(entry.name), entry) for entry in entries}
    stands = bands(cohort)
    told = _told(found, row, shown, stands, (masked, {option.value for option in question.options}))
    usual, lead, even = _leaning(found, masked, question.options, balanced=balanced)
    return Notes(
        patients=found.patients,
        told=told,
        also=_also(found, row, stands, {note.feature for note in told}),
        options=tuple(stands.of_option(masked, option, balanced=balanced) for option in question.options),
        usual=usual,
        lead=lead,
        even=even,
        why_none=found.why_none,
    )


class Bands:
    """In which of five bands a number lies among the measured values of a cohort's training patients.

    Coarser than ``cohort.standing``, and with the patient's own value where it is one of them: what models were trained
    on, word for word.
    """

    def __init__(self, cohort: Cohort) -> None:
        self._numbers: Mapping[str, Floats] = {
            feature.name: np.sort(cohort.measured_training(feature).to_numpy(dtype=float))
            for feature in cohort.codebook.columns
            if feature.numeric
        }

    def band(self, feature: Feature, value: float) -> int | None:
        """The place of ``value`` in ``STANDING``; None for a level, or where no training patient has a value."""
        known = self._numbers.get(feature.name, np.empty(0))
        return int(band(known, np.array([value]))[0]) if len(known) else None

    def words(self, feature: Feature, value: float) -> str:
        """``value`` in words; empty where there are none."""
        place = self.band(feature, value)
        return "" if place is None else STANDING[place]

    def of_option(self, feature: Feature, option: Option, *, balanced: bool) -> str:
        """What is known of an option: a number's standing, or, unless ``balanced``, how common its level is."""
        if option.value is None:
            return ""
        if isinstance(option.value, str):
            return "" if balanced else f"{option.prior:.0%} of patients"
        return self.words(feature, option.value)


@lru_cache(maxsize=8)
def bands(cohort: Cohort) -> Bands:
    """The bands of every number in ``cohort``, kept as long as the cohort is in use."""
    return Bands(cohort)


def _told(
    found: Fit,
    row: Floats,
    shown: Mapping[str, str],
    stands: Bands,
    asked: tuple[Feature, set[float | str | None]],
) -> tuple[RegistryNote, ...]:
    """The told values that this patient has, in the order of the codebook."""
    if found.points is None:
        return ()
    points, notes = found.points.points(row), []
    masked, offered = asked
    for place, column in enumerate(found.points.told_columns):
        if np.isnan(row[0, column]):
            continue
        feature, count = found.columns[column], int(points.count[0, place])
        toward = None if masked.numeric else masked.levels[int(points.toward[0, place])]
        words = says(count) if toward is None else says_level(count, toward.label if toward.code in offered else "")
        place_of = stands.words(feature, row[0, column]) if feature.numeric else ""
        text = shown.get(feature.name) or feature.text_with_unit(_value(feature, row[0, column]))
        notes.append(RegistryNote(feature=feature.name, label=feature.label, value=text, standing=place_of, says=words))
    return tuple(notes)


def _leaning(found: Fit, masked: Feature, options: Sequence[Option], *, balanced: bool) -> tuple[str, int | None, str]:
    """The commonest level offered, the lead that another needs, and the level that even points fall to."""
    places = {level.code: place for place, level in enumerate(masked.levels)}
    offered = [places[option.value] for option in options if option.value in places]
    if masked.numeric or not offered:
        return "", None, ""
    if not balanced:
        return masked.levels[max(offered, key=lambda place: found.shares[place])].label, found.lead, ""
    first = found.shares if found.points is None else found.points.even
    return "", None, masked.levels[max(offered, key=lambda place: first[place])].label


def says(points: int) -> str:
    """What a value speaks for where the masked one is a number: −2 to 2 points towards higher ones."""
    if not points:
        return LITTLE
    way = "higher" if points > 0 else "lower"
    return f"much {way}" if abs(points) > 1 else way


def says_level(points: int, level: str) -> str:
    """What a value speaks for where the masked one is a level: 0 to 2 points for ``level``, empty if not offered."""
    if not points or not level:
        return LITTLE
    return f"clearly {level}" if points > 1 else level


def _also(found: Fit, row: Floats, stands: Bands, told: set[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Further values that matter and stand out, by standing."""
    if found.points is None:
        return ()
    by_band: dict[int, list[str]] = {}
    for column in sorted(found.points.ranked_columns[:ALSO]):
        feature = found.columns[column]
        if not feature.numeric or feature.name in told or np.isnan(row[0, column]):
            continue
        place = stands.band(feature, row[0, column])
        if place is not None and place != _MIDDLE:
            by_band.setdefault(place, []).append(feature.label)
    return tuple((STANDING[place], tuple(labels)) for place, labels in sorted(by_band.items()))


def _value(feature: Feature, coded: float) -> float | str:
    return float(coded) if feature.numeric else feature.levels[int(coded)].code
