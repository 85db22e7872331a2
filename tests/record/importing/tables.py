"""Small tables for tests of the import: cells between bars, rows as lines."""

import pytest

from creason_core.errors import UploadError
from creason_core.record.case import PatientCase
from creason_core.record.codebook import Codebook, packaged_codebook
from creason_core.record.importing import reading
from creason_core.record.importing.answering import answered_in
from creason_core.record.importing.decisions import Decisions
from creason_core.record.importing.files import limits
from creason_core.record.importing.files.child import parse
from creason_core.record.importing.files.formats import Format
from creason_core.record.importing.files.protocol import Row, Table
from creason_core.record.importing.files.sink import Sink
from creason_core.record.importing.review.review import Review, review
from creason_core.record.importing.suggesting import headed, suggest

RHC = packaged_codebook("rhc")
SEEN = Decisions(identifiers_seen=True, units_confirmed=True)


def table(columns: str, *rows: str) -> Table:
    """A table of named columns; rows are numbered as a spreadsheet does."""
    cells = [tuple(row.split("|")) for row in rows]
    return Table(tuple(columns.split("|")), tuple(Row(number, row) for number, row in enumerate(cells, start=2)))


def read_inside(data: str | bytes, name: str, codebook: Codebook = RHC) -> Table:
    """The table of a file, read by the parsers in this process: many times as fast as in one of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "read_measured", parsed_inside)
        return headed(reading.read_table(data.encode() if isinstance(data, str) else data, name), codebook)


def parsed_inside(data: bytes, name: Format, *, sheet: str = "", **_: object) -> reading.TableReading:
    """``read_measured`` by the same parsers, without a limited process."""
    building = reading._Building(None, limits.TEXT_BYTES)
    try:
        parse(data, name, sheet, Sink(lambda line: building.take(line.encode())))
    except UploadError as error:
        building.fault = error
    return reading.TableReading(
        table=None if building.fault else building.table(), fault=building.fault, seconds=0, peak=0
    )


def reviewed(given: Table, *answers: tuple[str, str], codebook: Codebook = RHC) -> Review:
    """The review of ``given`` as it is suggested, with answers to its questions by what they ask."""
    mapping = suggest(given, codebook)
    for asks, answer in answers:
        mapping = answered_in(given, mapping, asks, answer, codebook)
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
