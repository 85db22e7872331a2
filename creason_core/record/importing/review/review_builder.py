"""Value by value, what becomes of a table's patients: kept, converted, left out, or a question to a person."""

from collections.abc import Iterator

from creason_core.record.case import Entry
from creason_core.record.codebook import Codebook
from creason_core.record.identifiers import ColumnFinding, Hit, shown_column, undecided
from creason_core.record.importing.columns.mapping import TableMapping, target_feature
from creason_core.record.importing.decisions import Decisions, Question
from creason_core.record.importing.files.protocol import NOT_NAMED, Table
from creason_core.record.importing.patients.choosing import needs_time, outside, start_of
from creason_core.record.importing.patients.pairs import INPUTS, Together
from creason_core.record.importing.patients.patients import Grouped, Value
from creason_core.record.importing.report import Item
from creason_core.record.importing.review.asking import (
    about_alike_portions,
    about_portions,
    about_rows,
    about_times,
    about_which,
)
from creason_core.record.importing.review.patient_review import PatientReview
from creason_core.record.importing.review.rival_questions import about_rivals, not_taken
from creason_core.record.units import unit_named

_FIRST = frozenset({"columns", "patients", "stays", "alike", "centres"})  # asked before what depends on them


class ReviewBuilder(PatientReview):
    """A review in the making: ``items``, ``questions`` and ``drafts`` grow as patients are gone through."""

    def __init__(
        self, table: Table, grouped: Grouped, mapping: TableMapping, decisions: Decisions, codebook: Codebook
    ) -> None:
        super().__init__(grouped, mapping, decisions, codebook)
        self._table = table
        self._lost: frozenset[int] = frozenset()  # rows without a time that their values need
        self._seen: set[int] = set()
        self.drafts: dict[int, tuple[Entry, ...]] = {}

    def whole_table(self) -> None:
        """What is said and asked about columns and rows as wholes."""
        table, owners = self._table, self._grouped.owners
        parts = ((item.column, item.note) for item in self._mapping.columns)
        notes = {place: note for place, note in parts if note}
        notes |= not_taken(self._mapping, self._codebook)
        notes |= {item.name: item.note for item in self._mapping.names if item.note}
        for name in self._mapping.unmapped:
            rule, remedy = "no feature is chosen for it", notes.get(name, "")
            self.items.append(Item("unmapped", 0, shown_column(name), "", "", "", rule, remedy))
        for problem in table.problems:
            question = Question("row", problem.number, "", problem.message, "Correct the file, or leave the row out.")
            self._refuse(question, problem.rule)
        for number in self._nameless():
            said = "A value stands here without the name of its test."
            self._refuse(
                Question("row", number, "", said, "Merged cells look so: write each name, or leave it out."), "no name"
            )
        for row, word in owners.summaries:
            self.items.append(
                Item("left out", row, "", "", self._safe(word), "", "a row that sums up others, no patient")
            )
        left = owners.blank if self._mapping.blanks else ()
        self.items += [
            Item("left out", row, "", "", "", "", "no patient in this row", "Left out by you.") for row in left
        ]
        whose = about_rivals(table, self._mapping, self._grouped, self._codebook)
        whose += about_rows(table, self._mapping, self._grouped)
        asked, self._lost = about_times(table, self._mapping, self._grouped, self._codebook)
        first = any(question.asks in _FIRST for question in whose)  # whose rows they are may settle the other
        self.questions += [*whose, *(question for question in asked if not first or question.asks != "repeats")]
        assumed = {item.target: item.unit for item in self._mapping.with_unit("assumed")}
        if assumed and not self._decisions.units_confirmed:
            labels = ", ".join(self._assumed(name, unit) for name, unit in sorted(assumed.items()))
            message = f"The file does not say in which units these are: {labels}."
            self.questions.append(Question("units", 0, "", message, "Correct the units or confirm them."))
        for decision in {item.reason: item for item in self._decisions.values}.values():
            if hits := undecided(decision.reason, self._decisions.cleared):
                message = f"The reason given for {decision.feature} seems to hold a {hits[0].kind} ({hits[0].masked})."
                self.questions.append(Question("reason", decision.row, decision.feature, message, "Write it without."))

    def _nameless(self) -> Iterator[int]:
        """The rows of a long table that have a value of a patient and no name, where others have one."""
        name, value = self._mapping.column("name"), self._mapping.column("value")
        told = any(problem.rule == NOT_NAMED for problem in self._table.problems)  # codes that no table names
        if told or self._mapping.layout != "long" or name is None or value is None or not self._mapping.mapped:
            return
        name_at, value_at = self._table.columns.index(name.column), self._table.columns.index(value.column)
        for row, patient in zip(self._table.rows, self._grouped.owners.patient, strict=True):
            if patient >= 0 and row.cells[value_at] and not row.cells[name_at]:
                yield row.number

    def ask_column(self, question: Question) -> None:
        """Asks what the codes of a column mean; its cells wait for the answer."""
        label = target_feature(question.feature, self._codebook).label
        self.questions.append(question)
        self.items.append(
            Item("to confirm", 0, shown_column(question.column), label, "", "", question.message, question.remedy)
        )

    def ask_identifiers(self, findings: tuple[ColumnFinding, ...], hits: tuple[Hit, ...]) -> None:
        """Shows what may name persons; none of it is stored either way."""
        said = [finding.sentence for finding in findings]
        said += [f"The file's name seems to hold a {hit.kind}." for hit in hits]
        remedy = "These columns and the file's name are not stored. Confirm that you have seen this."
        self.questions.insert(0, Question("identifiers", 0, "", " ".join(said), remedy))

    def patient(self, patient: int, values: list[Value]) -> None:
        """Decides which values of one patient count, and makes the entries."""
        start = start_of(values, self._grouped)
        self._seen.add(patient)
        usable: dict[str, list[Value]] = {}
        for value in self._usable(values):
            usable.setdefault(value.feature.name, []).append(value)
        together = Together([value for several in usable.values() for value in several], self._quantities)
        entries: list[Entry] = []
        for name, several in usable.items():
            if name in self._codebook.by_name:
                entries += self._counted(several, start, together)
        for quantity in INPUTS:
            entries += self._compute(quantity, usable, start, together)
        inputs = [value for name, several in usable.items() if name not in self._codebook.by_name for value in several]
        for value in inputs:
            if id(value) not in self._used:
                self._note("left out", value, "", "only goes into a computed value, and none was computed from it", "")
        self._used.clear()
        if entries:
            self.drafts[patient] = tuple(entries)

    def _usable(self, values: list[Value]) -> Iterator[Value]:
        """Those of one patient that can count; what becomes of the others is noted, or asked."""
        late = outside(values, self._grouped, self._codebook)
        for at, given in enumerate(values):
            value = self._converted(given)
            untimed = value.row in self._lost and value.hours is None and needs_time(value, self._codebook)
            if at in late:
                self._note("left out", value, "", late[at], "The feature is of day 1.")
            elif untimed and self._mapping.untimed != "day 1":
                self._note("left out", value, "", "no time that can be read", "")
            elif value.checked.value is None and (value.portion is None or not self._portioned(value)):
                self._refuse_value(value)
            else:
                yield value

    def finish(self) -> None:
        """What is said and asked once all patients are known."""
        first = {question.asks for question in self.questions} & {*_FIRST, "repeats", "times"}
        if self._which and not first:
            labels = [self._codebook.by_name[name].label for name in self._which]
            self.questions.insert(0, about_which(labels, [min(rows) for rows in self._which.values()]))
        for name, found in self._portions.items() if not first else ():
            again = self._again.get(name, ()) if self._mapping.portions != "once" else ()
            self.questions.insert(0, about_portions(target_feature(name, self._codebook).label, *found, again))
        for name, rows in self._again.items() if not first and not self._mapping.portions else ():
            if name not in self._portions:
                self.questions.insert(0, about_alike_portions(self._codebook.by_name[name].label, rows))
        empty = self._grouped.patients - len(self.drafts)
        unmapped = self._grouped.patients - len(self._seen)
        for number, why in ((unmapped, "no mapped value"), (empty - unmapped, "none of their values could be used")):
            if number and self._mapping.mapped:
                words = "1 patient ends" if number == 1 else f"{number:,} patients end"
                self.items.append(Item("left out", 0, "", "", "", "", f"{words} up with nothing: {why}"))

    def _portioned(self, value: Value) -> bool:
        """Whether a volume is one of the portions of a day: such as come with times, or several of a patient."""
        return self._grouped.has_times or (value.patient, value.feature.name) in self._several

    def _assumed(self, name: str, code: str) -> str:
        unit = unit_named(code)
        return f"{target_feature(name, self._codebook).label} ({unit.label if unit and unit.label else code})"
