"""How a page names a case: without what the reader's open questions about the case hide.

The one way to a case's name for every page but Patient, whose record tells the values anyway. Open are the questions
that were run and not revealed, and the one that stands in the address and has no run yet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from creason_core.question.masked_value import guarded_in
from creason_core.question.outcome import later_in, times_before
from creason_core.question.redaction import name_without
from creason_core.store.history import HistoryItem, names_with
from creason_core.store.patients.cases import CaseVersion, case_version
from creason_core.store.people.open_questions import Open, open_questions, public_case_ids, told_name
from pages.server.services import Services
from pages.session.address import here
from pages.session.asked_when import as_of_chosen
from pages.session.hidden_by_hand import hidden_by_hand


def case_names(s: Services, labels: Mapping[str, str]) -> dict[str, str]:
    """The names to show for ``labels``, by the case's id.

    Raises:
        StoreError: The database cannot be read.
    """
    asked = open_questions(s.db, s.user, labels)
    return {key: unasked(s, key, told_name(label, asked[key], s.codebooks)) for key, label in labels.items()}


def tile_names(s: Services, cohort: str, headlines: Mapping[str, str]) -> dict[str, str]:
    """The names to show for patients of ``cohort``, by patient; the same rule holds for cases that were made of them.

    Raises:
        StoreError: The database cannot be read.
    """
    opened = public_case_ids(s.db, s.user, cohort, headlines)
    names = case_names(s, {opened[patient]: headlines[patient] for patient in opened})
    return {patient: names[opened[patient]] if patient in opened else line for patient, line in headlines.items()}


def told_items(s: Services, items: Sequence[HistoryItem], asked: Open) -> list[HistoryItem]:
    """``items`` with their cases named without what the open questions about them, ``asked``, hide."""
    told = ((item, told_name(item.label, asked[item.case_id], s.codebooks)) for item in items)
    return [replace(item, label=unasked(s, item.case_id, label)) for item, label in told]


def named_otherwise(s: Services, words: str) -> frozenset[str]:
    """Case versions that were asked about and have ``words`` only in what is left out of their names.

    Raises:
        StoreError: The database cannot be read.
    """
    found = names_with(s.db, s.user, words) if words else {}
    asked = open_questions(s.db, s.user, {case_id for case_id, _ in found.values()}) if found else {}
    told = {
        version: unasked(s, case_id, told_name(label, asked[case_id], s.codebooks))
        for version, (case_id, label) in found.items()
    }
    return frozenset(version for version, name in told.items() if words.casefold() not in name.casefold())


def unasked(s: Services, case_id: str, label: str) -> str:
    """``label`` without what the question in the address hides, where it is about this case and has no run yet."""
    version_id = here("v")
    if here("case") != case_id or version_id is None or here("mask") is None or here("run"):
        return label
    version = case_version(s.db, s.user, version_id)
    return name_without(label, version.case, hidden_here(s, version), s.codebooks.of(version.case))


def hidden_here(s: Services, version: CaseVersion) -> tuple[str, ...]:
    """What the question in the address hides of ``version``, where it has no run yet: features, or them at one time."""
    masked = here("mask")
    if masked is None or here("run") or s.why_unaskable(version):
        return ()
    cohort = s.cohort_of(version)
    if masked not in cohort.guard.by_masked:
        return ()
    hidden = [masked, *(item.feature for item in guarded_in(version.case, masked, cohort))]
    hidden += hidden_by_hand(version.id, masked)
    feature = cohort.codebook.feature(masked)
    if feature.role == "outcome" and (times := times_before(cohort.codebook, feature)):
        hidden += later_in(version.case, cohort.codebook, as_of_chosen(version.id, masked) or times[-1])
    return tuple(hidden)
