"""Value by value, what becomes of a table's patients: kept, converted, left out, or a question to a person."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from creason_core.errors import CaseError
from creason_core.record.ages import TOP_CODED_AGE, is_age
from creason_core.record.case import Entry, check_value
from creason_core.record.codebook import Codebook, Feature
from creason_core.record.computed import (
    TAKEN,
    Computed,
    Quantity,
    contradictions,
    mean_arterial_pressure,
    pf_ratio,
    quantity_of,
    readings_of,
)
from creason_core.record.identifiers import ColumnFinding, Hit, shown_column, undecided
from creason_core.record.importing.checking import as_unit
from creason_core.record.importing.decisions import Asks, Decision, Decisions, Question
from creason_core.record.importing.mapping import TableMapping, target_feature
from creason_core.record.importing.patients import Grouped, Value, chosen, outside_day
from creason_core.record.importing.protocol import Table
from creason_core.record.importing.report import Disposition, Item, safe_text
from creason_core.record.units import convert, unit_named


class ReviewBuilder:
    """A review in the making: ``items``, ``questions`` and ``drafts`` grow as patients are gone through."""

    def __init__(self, mapping: TableMapping, decisions: Decisions, codebook: Codebook) -> None:
        self._mapping, self._decisions, self._codebook = mapping, decisions, codebook
        self._decided = {(item.feature, item.row): item for item in decisions.values}  # the last one counts
        self._safe = cache(safe_text)  # for this review only
        # Two features of one quantity leave open which of them a formula gives.
        by_quantity: dict[Quantity, list[Feature]] = {}
        for item in codebook.features:
            if quantity := quantity_of(item):
                by_quantity.setdefault(quantity, []).append(item)
        self._computed = {quantity: items[0] for quantity, items in by_quantity.items() if len(items) == 1}
        self._made: dict[tuple[str, float | str], tuple[Entry, str]] = {}
        self.items: list[Item] = []
        self.questions: list[Question] = []
        self.drafts: dict[int, tuple[Entry, ...]] = {}

    def whole_table(self, table: Table, grouped: Grouped) -> None:
        """What is said about columns and rows as wholes."""
        columns = {item.column: item.note for item in self._mapping.columns if item.note}
        notes = columns | {item.name: item.note for item in self._mapping.names if item.note}
        for name in self._mapping.unmapped:
            rule, remedy = "no feature is chosen for it", notes.get(name, "")
            self.items.append(Item("unmapped", 0, shown_column(name), "", "", "", rule, remedy))
        problems = [(problem.number, problem.message, "row shape") for problem in table.problems]
        problems += [
            (row, "The patient of this row has an earlier row.", "one row a patient") for row in grouped.repeated
        ]
        for row, message, rule in problems:
            self._refuse(Question("row", row, "", message, "Correct the file, or leave the row out."), rule)
        assumed = {item.target: item.unit for item in self._mapping.with_unit("assumed")}
        if assumed and not self._decisions.units_confirmed:
            labels = ", ".join(self._assumed(name, unit) for name, unit in sorted(assumed.items()))
            message = f"The file does not say in which units these are: {labels}."
            self.questions.append(Question("units", 0, "", message, "Correct the units or confirm them."))
        for decision in self._decisions.values:
            if hits := undecided(decision.reason, self._decisions.cleared):
                message = f"The reason given for {decision.feature} seems to hold a {hits[0].kind} ({hits[0].masked})."
                self.questions.append(Question("reason", decision.row, decision.feature, message, "Write it without."))

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
        late = outside_day(values)
        usable: dict[str, list[Value]] = {}
        for at, value in enumerate(values):
            if at in late:
                rule, remedy = "more than 24 hours after the patient's first time", "The feature is of day 1."
                self._note("left out", value, "", rule, remedy)
            elif value.checked.value is None and not self._convertible(value):
                self._refuse_value(value)
            else:
                usable.setdefault(value.feature.name, []).append(value)
        given: dict[str, Entry] = {}
        for name, several in usable.items():
            one = several[0] if len(several) == 1 else chosen(several, self._mapping.choice)
            for value in several:
                if value is not one:
                    self._note("left out", value, "", f"the {self._mapping.choice} of several values counts", "")
            if entry := self._entry(one):
                given[name] = entry
        self._fit(given, {value.feature.name: value for several in usable.values() for value in several})
        entries = tuple(entry for name, entry in given.items() if name in self._codebook.by_name)
        if entries:
            self.drafts[patient] = entries

    def _text(self, value: Value) -> str:
        """The cell's text as a report may show it: without finds, and without an age over 89."""
        aged = is_age(value.feature) and value.checked.value == TOP_CODED_AGE
        return f"{TOP_CODED_AGE}+" if aged else self._safe(value.text)

    def _about(self, feature: str, row: int) -> Decision | None:
        """The decision about a value: its own, else that about its feature."""
        return self._decided.get((feature, row)) or self._decided.get((feature, 0))

    def _convertible(self, value: Value) -> bool:
        """Whether a person agreed to take an impossible value as another unit."""
        decision = self._about(value.feature.name, value.row)
        return bool(value.checked.suspected and decision and decision.action == "convert")

    def _entry(self, value: Value) -> Entry | None:
        checked, feature, reason = value.checked, value.feature, ""
        if checked.confirm or checked.value is None:
            decision = self._about(feature.name, value.row)
            if decision and decision.action == "leave out":
                self._note("left out", value, "", checked.rule, "Left out by you.")
                return None
            if decision and decision.action == "convert" and checked.suspected:
                checked = as_unit(feature, checked.suspected[0])
            elif decision and decision.action == "keep" and decision.reason.strip():
                reason = decision.reason.strip()
            else:
                asks: Asks = "unit suspected" if checked.suspected else "confirm"
                ways = "keep it with a reason, or leave it out."
                remedy = f"Convert it, {ways}" if checked.suspected else ways.capitalize()
                message = f"Row {value.row}: {checked.confirm}"
                self.questions.append(
                    Question(asks, value.row, feature.name, message, remedy, checked.suspected, may_keep=True)
                )
                self._note("to confirm", value, feature.text_with_unit(checked.value or 0.0), checked.confirm, remedy)
                return None
        if checked.value is None:
            return None
        entry, shown = self._recorded(feature, checked.value)
        self._note(
            "converted" if checked.how else "mapped", value, shown, checked.how or checked.flag or "as recorded", reason
        )
        return entry.model_copy(update={"reason": reason}) if reason else entry

    def _recorded(self, feature: Feature, value: float | str) -> tuple[Entry, str]:
        """The entry of a value and how it is shown: made once, since most values of a table come many times."""
        key = (feature.name, value)
        if key not in self._made:
            self._made[key] = Entry(feature=feature.name, value=value), feature.text_with_unit(value)
        return self._made[key]

    def _fit(self, given: dict[str, Entry], where: Mapping[str, Value]) -> None:
        """Adds what follows by formula, after asking about values that do not fit one another."""
        pairs = [(target_feature(name, self._codebook), entry.value) for name, entry in given.items()]
        readings = readings_of(pairs)
        for found in contradictions(readings):
            feature = next(feature for feature, _ in reversed(pairs) if quantity_of(feature) == found.quantities[0])
            value = where[feature.name]
            decision = self._about(feature.name, value.row)
            if decision and decision.action == "leave out":
                given.pop(feature.name, None)
                self._note("left out", value, "", found.message, "Left out by you.")
            elif decision and decision.action == "keep" and decision.reason.strip():
                given[feature.name] = given[feature.name].model_copy(update={"reason": decision.reason.strip()})
            else:
                remedy = "Keep it with a reason, or leave it out."
                self.questions.append(
                    Question(
                        "contradiction",
                        value.row,
                        feature.name,
                        f"Row {value.row}: {found.message}",
                        remedy,
                        may_keep=True,
                    )
                )
                self._note(
                    "to confirm", value, feature.text_with_unit(given[feature.name].value), found.message, remedy
                )
        self._compute("map", mean_arterial_pressure(readings), given, where)
        self._compute("pf", pf_ratio(readings), given, where)

    def _compute(
        self, quantity: Quantity, computed: Computed, given: dict[str, Entry], where: Mapping[str, Value]
    ) -> None:
        feature = self._computed.get(quantity)
        if feature is None or computed.value is None or feature.name in where:
            return
        try:
            value = round(convert(feature, computed.value, TAKEN[quantity][1]), feature.decimals + 2)
        except CaseError:  # the codebook has it in a unit that says nothing
            return
        if any(finding.tier != "reference" for finding in check_value(feature, value)):
            return
        given[feature.name] = Entry(feature=feature.name, value=value, provenance="computed")
        row = max(item.row for item in where.values())
        shown = feature.text_with_unit(value)
        self.items.append(Item("computed", row, "", feature.label, "", shown, computed.formula))

    def _refuse_value(self, value: Value) -> None:
        checked, feature = value.checked, value.feature
        decision = self._about(feature.name, value.row)
        if decision and decision.action == "leave out":
            self._note("left out", value, "", checked.refused, "Left out by you.")
            return
        asks: Asks = "unit suspected" if checked.suspected else "rejected"
        remedy = checked.remedy or "Correct the file, or leave it out."
        question = Question(asks, value.row, feature.name, checked.refused, remedy, checked.suspected)
        self._refuse(question, checked.rule, value)

    def _refuse(self, question: Question, rule: str, value: Value | None = None) -> None:
        """Rejects a value or, without one, a row: a question until what is rejected is left out by decision."""
        column, label, text = (value.column, value.feature.label, self._text(value)) if value else ("", "", "")
        place = (question.row, column, label, text, "", f"{rule}: {question.message}")
        if self._decisions.leave_out_rejected:
            self.items.append(Item("left out", *place, "Left out by you."))
            return
        self.items.append(Item("rejected", *place, question.remedy))
        if question.suspected:  # what it may be comes first, then why it cannot stay
            question = replace(question, message=question.remedy, remedy=question.message)
        self.questions.append(replace(question, message=f"Row {question.row}: {question.message}"))

    def _note(self, disposition: Disposition, value: Value, result: str,
              rule: str, remedy: str) -> None:  # fmt: skip
        column, label = value.column, value.feature.label
        self.items.append(
            Item(disposition, value.row, column, label, self._text(value), result, rule, self._safe(remedy))
        )

    def _assumed(self, name: str, code: str) -> str:
        unit = unit_named(code)
        return f"{target_feature(name, self._codebook).label} ({unit.label if unit and unit.label else code})"
