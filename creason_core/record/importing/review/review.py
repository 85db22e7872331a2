"""The last step of an import: what would be saved, what a person must decide first, and the cases when all is decided.

All or nothing: while a question is open no case is made, and what is left out is left out because a person said so.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from creason_core.errors import UploadError
from creason_core.record.case import Entry, PatientCase, make_case
from creason_core.record.codebook import Codebook
from creason_core.record.identifiers import ColumnFinding, Hit, scan_column, scan_file_name
from creason_core.record.identifiers.scan import LOOKED_AT
from creason_core.record.importing.columns.gaps import with_gaps_filled
from creason_core.record.importing.columns.mapping import TableMapping, target_feature
from creason_core.record.importing.columns.specimens import tell_apart
from creason_core.record.importing.contents.beside_values import with_what_stands_beside
from creason_core.record.importing.contents.coding import codings, with_checked_units
from creason_core.record.importing.contents.column_units import with_units_said
from creason_core.record.importing.contents.superseded import without_superseded
from creason_core.record.importing.decisions import Decisions, Question
from creason_core.record.importing.files.protocol import Table
from creason_core.record.importing.patients.patients import Grouped, Value, group, patient_key
from creason_core.record.importing.report import Item, summary
from creason_core.record.importing.review.gathering import gathered
from creason_core.record.importing.review.review_builder import ReviewBuilder
from creason_core.record.importing.review.understood import for_report, understood

Progress = Callable[[float], object]
MAX_PATIENTS = 10_000
_UNUSED = frozenset({"ignored", "patient", "encounter", "site"})  # columns whose text is never read


@dataclass(frozen=True)
class Review:
    """What an import would do. ``questions`` is empty when everything is decided.

    ``understood`` has a line a column, for a person to look at; ``reported`` is what may leave the computer.
    """

    items: tuple[Item, ...]
    questions: tuple[Question, ...]
    findings: tuple[ColumnFinding, ...]
    file_name_hits: tuple[Hit, ...]
    drafts: Mapping[int, tuple[Entry, ...]]  # patient → entries, in the order of the file
    import_id: str
    codebook: Codebook
    understood: tuple[Item, ...] = ()

    @property
    def reported(self) -> tuple[Item, ...]:
        """The report: how each column was understood, and what became of every value."""
        return (*for_report(self.understood), *self.items)

    @property
    def ready(self) -> bool:
        """Whether everything is decided and there is something to save."""
        return not self.questions and bool(self.drafts)

    @property
    def summary(self) -> str:
        """One line: "2 patients: 41 mapped, 5 converted, 6 unmapped"."""
        count = len(self.drafts)
        return f"{count:,} patient{'' if count == 1 else 's'}: {summary(self.items) or 'nothing mapped'}"

    def cases(self) -> tuple[PatientCase, ...]:
        """Every patient's case.

        Raises:
            UploadError: A question is open, or there is nothing to save.
        """
        if self.questions:
            count = len(self.questions)
            raise UploadError(
                f"The import is not complete: {count:,} question{'s are' if count > 1 else ' is'} open.",
                remedy=f"The first: {self.questions[0].message}",
            )
        if not self.drafts:
            raise UploadError("Nothing in this table is mapped to a feature.", remedy="Map at least one column.")
        return tuple(
            make_case(patient_key(self.import_id, patient), entries, self.codebook)
            for patient, entries in self.drafts.items()
        )


def review(
    table: Table,
    mapping: TableMapping,
    decisions: Decisions,
    codebook: Codebook,
    *,
    import_id: str,
    file_name: str = "",
    progress: Progress | None = None,
) -> Review:
    """Checks every mapped value of ``table`` and says what would become of it.

    ``import_id`` is random text of this import: patients' keys are made from it. ``progress`` hears a share.

    Raises:
        UploadError: The mapping does not fit the table, or there are more patients than an import may have.
    """
    labels = {item.name: target_feature(item.target, codebook).label for item in mapping.names if item.target}
    table = with_gaps_filled(table, mapping)
    numeric = {item.name for item in mapping.names if item.target and target_feature(item.target, codebook).numeric}
    table, withdrawn = with_what_stands_beside(with_units_said(table, mapping), mapping, labels, numeric)
    table, replaced, replacing = without_superseded(table, mapping, labels)
    apart = tell_apart(table, mapping, codebook, decisions)
    table = apart.table
    read = codings(table, mapping, decisions, codebook)
    mapping = with_checked_units(table, mapping, read)
    grouped = group(table, mapping, codebook, read)
    if grouped.patients > MAX_PATIENTS:
        raise UploadError(
            f"The table has {grouped.patients:,} patients; an import takes {MAX_PATIENTS:,}.",
            remedy="Split it by patients. If its rows are not one patient each, choose the column that tells patients "
            "apart in the step Map.",
        )
    builder = ReviewBuilder(table, grouped, mapping, decisions, codebook)
    builder.whole_table()
    builder.questions += replacing
    for question in (question for coding in read.values() for question in coding.questions()):
        builder.ask_column(question)
    for patient, values in _by_patient(grouped):
        builder.patient(patient, values)
        if progress and patient % 100 == 0:
            progress(patient / max(grouped.patients, 1))
    builder.finish()
    findings, hits = identifying_columns(table, mapping), scan_file_name(file_name)
    if (findings or hits) and not decisions.identifiers_seen:
        builder.ask_identifiers(findings, hits)
    return Review(
        items=(*withdrawn, *replaced, *apart.items, *builder.items),
        questions=gathered((*builder.questions, *apart.questions), decisions, codebook),
        findings=findings,
        file_name_hits=hits,
        drafts=builder.drafts,
        import_id=import_id,
        codebook=codebook,
        understood=understood(table, mapping, grouped),
    )


def _by_patient(grouped: Grouped) -> Iterator[tuple[int, list[Value]]]:
    found: dict[int, list[Value]] = {}
    for value in grouped.values:
        found.setdefault(value.patient, []).append(value)
    yield from sorted(found.items())


def identifying_columns(table: Table, mapping: TableMapping) -> tuple[ColumnFinding, ...]:
    """Columns that may identify persons; of those mapped to a feature only numbers and levels are kept."""
    kept = {item.column for item in mapping.columns if item.role not in _UNUSED}
    found = [scan_column(name, table.column(name, LOOKED_AT)) for name in table.columns if name not in kept]
    return tuple(finding for finding in found if finding)
