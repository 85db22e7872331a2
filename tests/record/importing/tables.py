"""Small tables for tests of the import: cells between bars, rows as lines."""

from creason_core.record.case import PatientCase
from creason_core.record.codebook import Codebook, packaged_codebook
from creason_core.record.importing.asking import answered
from creason_core.record.importing.decisions import Decisions
from creason_core.record.importing.protocol import Row, Table
from creason_core.record.importing.review import Review, review
from creason_core.record.importing.suggesting import suggest

RHC = packaged_codebook("rhc")
SEEN = Decisions(identifiers_seen=True, units_confirmed=True)


def table(columns: str, *rows: str) -> Table:
    """A table of named columns; rows are numbered as a spreadsheet does."""
    cells = [tuple(row.split("|")) for row in rows]
    return Table(tuple(columns.split("|")), tuple(Row(number, row) for number, row in enumerate(cells, start=2)))


def reviewed(given: Table, *answers: tuple[str, str], codebook: Codebook = RHC) -> Review:
    """The review of ``given`` as it is suggested, with answers to its questions by what they ask."""
    mapping = suggest(given, codebook)
    for asks, answer in answers:
        mapping = answered(mapping, asks, answer)
    return review(given, mapping, SEEN, codebook, import_id="i")


def asked(found: Review) -> list[str]:
    """What is asked, in order."""
    return [question.asks for question in found.questions]


def drafted(found: Review) -> list[dict[str, float | str]]:
    """The values of each patient that would be kept, whether or not something is asked."""
    return [{entry.name: entry.value for entry in entries} for entries in found.drafts.values()]


def stored(found: Review) -> list[dict[str, float | str]]:
    """The values of each patient; fails where anything is asked."""
    return [_values(case) for case in found.cases()]


def _values(case: PatientCase) -> dict[str, float | str]:
    return {entry.name: entry.value for entry in case.entries}
