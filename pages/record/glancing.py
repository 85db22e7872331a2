"""What *At a glance* shows of a record: the values that may be shown, each held to the registry of its cohort."""

from collections.abc import Collection

from creason_core.cohort.standing import registry
from creason_core.question.masked_value import SHOWN_ROLES
from creason_core.record.ages import shown_value
from creason_core.record.case import Entry, PatientCase, check_value
from creason_core.record.codebook import Codebook
from creason_core.store.cases import CaseVersion
from pages.components.glance import Glance, GlanceLine
from pages.components.strip import standing_words
from pages.server.services import Services


def glance_of(s: Services, version: CaseVersion, shown: Collection[str]) -> Glance:
    """The glance at ``version`` of the values named in ``shown`` (``Entry.name``), and of no other.

    Outcomes and what is kept for audits are never among them, nor among what is missing.
    """
    case, codebook = version.case, s.codebooks.of(version.case)
    entries = [one for one in case.entries if one.measured and codebook.feature(one.feature).role in SHOWN_ROLES]
    order = {section: place for place, section in enumerate(codebook.sections)}
    lines = [_line(s, version, codebook, entry) for entry in entries if entry.name in shown]
    recorded = {entry.feature for entry in entries}
    return Glance(
        lines=tuple(sorted(lines, key=lambda line: order[line.section])),
        missing=tuple(
            one.label for one in codebook.features if one.role in SHOWN_ROLES and one.name not in recorded
        ),
        left_out=tuple(
            codebook.feature(entry.name).label for entry in entries if entry.name not in shown
        ),
    )


def shown_names(case: PatientCase, hidden: Collection[str] = ()) -> frozenset[str]:
    """The names of all entries of ``case`` but those of a feature of which ``hidden`` names any value."""
    features = {name.partition("@")[0] for name in hidden}
    return frozenset(entry.name for entry in case.entries if entry.feature not in features)


def _line(s: Services, version: CaseVersion, codebook: Codebook, entry: Entry) -> GlanceLine:
    feature = codebook.feature(entry.feature)
    known = None if s.why_unaskable(version) else registry(s.cohort_of(version))
    standing = known.standing(entry.name, entry.value, version.case.patient) if known else None
    found = check_value(feature, entry.value)
    return GlanceLine(
        feature=entry.feature,
        section=feature.section,
        label=feature.label,
        text=shown_value(feature, entry.value),
        at="" if entry.hours is None else codebook.at(entry.hours),
        place=standing.place if standing else None,
        direction=found[0].direction if found else "",
        words=standing_words(feature, entry.value, standing),
    )
