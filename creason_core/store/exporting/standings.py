"""*At a glance* in an export: each value that a question showed, with where it stands in the registry, in words."""

from collections.abc import Iterator

from creason_core.cohort.standing import Registry, standing_words
from creason_core.frozen import Frozen
from creason_core.question.masked_value import visible_entries
from creason_core.record.ages import shown_value
from creason_core.record.case import Entry, check_value
from creason_core.record.codebook import Codebook
from creason_core.record.hours import parted
from creason_core.store.records import GroupRecord


class ExportedStanding(Frozen):
    """One value: its section, name, text with unit and time (empty where it has none).

    ``outside`` is "low" or "high" to the reference range, else empty; ``place`` the quantile (0 to 1) at which it
    stands among the registry's training patients, None where it has no order or no registry is at hand.
    """

    section: str
    value: str
    recorded: str
    at: str
    outside: str
    place: float | None
    words: str


def standings(record: GroupRecord, codebook: Codebook, known: Registry | None) -> tuple[ExportedStanding, ...]:
    """The values that the question shows and that no open question about the case hides, by section."""
    hidden = {parted(name)[0] for name in record.untold}
    order = {section: place for place, section in enumerate(codebook.sections)}
    case = record.version.case
    shown = [
        entry
        for entry in visible_entries(case, record.question, codebook)
        if entry.measured and entry.feature not in hidden
    ]
    lines = [_line(entry, case.patient, codebook, known) for entry in shown]
    return tuple(sorted(lines, key=lambda line: order[line.section]))


def as_lines(found: tuple[ExportedStanding, ...]) -> Iterator[tuple[str, str]]:
    """Each value with its time and how it stands, in words without the value's own."""
    for one in found:
        yield f"{one.value}{f' {one.at}' if one.at else ''}: {one.recorded}", one.words


def _line(entry: Entry, patient: str, codebook: Codebook, known: Registry | None) -> ExportedStanding:
    feature = codebook.feature(entry.feature)
    standing = known.standing(entry.name, entry.value, patient) if known else None
    found = check_value(feature, entry.value)
    return ExportedStanding(
        section=feature.section,
        value=feature.label,
        recorded=shown_value(feature, entry.value),
        at="" if entry.hours is None else codebook.at(entry.hours),
        outside=found[0].direction if found else "",
        place=standing.place if standing else None,
        words=standing_words(feature, entry.value, standing),
    )
