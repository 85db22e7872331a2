"""Value by value, what becomes of a table's patients: kept, converted, left out, or a question to a person."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from creason_core.errors import CaseError
from creason_core.record.case import MAX_VALUES, Entry, check_value
from creason_core.record.codebook import Codebook, Feature
from creason_core.record.computed import TAKEN, Quantity, quantity_of
from creason_core.record.counting import count as count_of
from creason_core.record.hours import tidied
from creason_core.record.identifiers import ColumnFinding, Hit, shown_column, undecided
from creason_core.record.importing.asking import about_portions, about_rows, about_times, about_which
from creason_core.record.importing.checking import check_number
from creason_core.record.importing.choosing import choose, needs_time, outside, over_time, start_of, worst_of
from creason_core.record.importing.decisions import Decisions, Question
from creason_core.record.importing.mapping import TableMapping, target_feature
from creason_core.record.importing.pairs import INPUTS, SPAN, Pair, Together
from creason_core.record.importing.patients import Grouped, Value
from creason_core.record.importing.protocol import Table
from creason_core.record.importing.report import Disposition, Item
from creason_core.record.importing.value_review import ValueReview
from creason_core.record.units import convert, formula_inputs, unit_named


class ReviewBuilder(ValueReview):
    """A review in the making: ``items``, ``questions`` and ``drafts`` grow as patients are gone through."""

    def __init__(
        self, table: Table, grouped: Grouped, mapping: TableMapping, decisions: Decisions, codebook: Codebook
    ) -> None:
        super().__init__(decisions)
        self._table, self._grouped, self._mapping, self._codebook = table, grouped, mapping, codebook
        # Two features of one quantity leave open which of them a formula gives.
        by_quantity: dict[Quantity, list[Feature]] = {}
        for item in codebook.features:
            if quantity := quantity_of(item):
                by_quantity.setdefault(quantity, []).append(item)
        self._computed = {quantity: items[0] for quantity, items in by_quantity.items() if len(items) == 1}
        self._quantities = {item.name: quantity_of(item) for item in (*codebook.features, *formula_inputs().features)}
        self._which: dict[str, list[int]] = {}  # features of which nothing says what counts, with rows
        self._portions: dict[str, tuple[tuple[int, ...], float]] = {}
        self._used: set[int] = set()
        self._seen: set[int] = set()
        self._lost: frozenset[int] = frozenset()  # rows without a time that their values need
        self._several = {
            key
            for key, number in Counter(
                (v.patient, v.feature.name) for v in grouped.values if v.portion is not None
            ).items()
            if number > 1
        }
        self.drafts: dict[int, tuple[Entry, ...]] = {}

    def whole_table(self) -> None:
        """What is said and asked about columns and rows as wholes."""
        table, owners = self._table, self._grouped.owners
        for name in self._mapping.unmapped:
            self.items.append(Item("unmapped", 0, shown_column(name), "", "", "", "no feature is chosen for it"))
        for problem in table.problems:
            question = Question("row", problem.number, "", problem.message, "Correct the file, or leave the row out.")
            self._refuse(question, "row shape")
        for row, word in owners.summaries:
            self.items.append(
                Item("left out", row, "", "", self._safe(word), "", "a row that sums up others, no patient")
            )
        left = owners.blank if self._mapping.blanks == "leave out" else ()
        self.items += [
            Item("left out", row, "", "", "", "", "no patient in this row", "Left out by you.") for row in left
        ]
        asked, self._lost = about_times(table, self._mapping, self._grouped, self._codebook)
        self.questions += [*about_rows(table, self._mapping, self._grouped), *asked]
        assumed = {item.target: item.unit for item in self._mapping.with_unit("assumed")}
        if assumed and not self._decisions.units_confirmed:
            labels = ", ".join(self._assumed(name, unit) for name, unit in sorted(assumed.items()))
            message = f"The file does not say in which units these are: {labels}."
            self.questions.append(Question("units", 0, "", message, "Correct the units or confirm them."))
        for decision in self._decisions.values:
            if hits := undecided(decision.reason, self._decisions.cleared):
                message = f"The reason given for {decision.feature} seems to hold a {hits[0].kind} ({hits[0].masked})."
                self.questions.append(Question("reason", decision.row, decision.feature, message, "Write it without."))

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
                self._note("left out", value, "", "an input of a formula that is of no use here", "")
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
        first = {question.asks for question in self.questions} & {"patients", "stays", "repeats", "times"}
        if self._which and not first:
            labels = [self._codebook.by_name[name].label for name in self._which]
            self.questions.insert(0, about_which(labels, [min(rows) for rows in self._which.values()]))
        for name, found in self._portions.items() if not first else ():
            question = about_portions(target_feature(name, self._codebook).label, found[0], found[1])
            self.questions.insert(0, question)
        empty = self._grouped.patients - len(self.drafts)
        unmapped = self._grouped.patients - len(self._seen)
        for number, why in ((unmapped, "no mapped value"), (empty - unmapped, "none of their values could be used")):
            if number and self._mapping.mapped:
                words = "1 patient ends" if number == 1 else f"{number:,} patients end"
                self.items.append(Item("left out", 0, "", "", "", "", f"{words} up with nothing: {why}"))

    def _portioned(self, value: Value) -> bool:
        """Whether a volume is one of the portions of a day: such as come with times, or several of a patient."""
        return self._grouped.has_times or (value.patient, value.feature.name) in self._several

    def _counted(self, several: list[Value], start: float, together: Together) -> list[Entry]:
        """The entries of one feature of one patient."""
        feature = several[0].feature
        amounts = [value for value in several if value.portion is not None]
        if amounts:
            return self._added_up(feature, amounts, [value for value in several if value.portion is None])
        chosen = choose(several, self._mapping, self._codebook)
        if chosen.open:
            self._which.setdefault(feature.name, []).append(several[-1].row)
            for value in several:
                self._note("to confirm", value, "", "nothing says which of several values counts", "")
            return []
        kept = {id(value) for value in chosen.kept}
        for value in several:
            if id(value) not in kept and chosen.value is None:
                self._note("left out", value, "", chosen.rule, "")
        if chosen.value is not None:
            return self._of_several(feature, several, chosen.value, chosen.rule)
        found = []
        for value in chosen.kept:
            entry = self._fitting(value, self._entry(value), together)
            if entry is None:
                continue
            if value.hours is not None and over_time(feature, self._codebook):
                entry = entry.model_copy(update={"hours": tidied(value.hours - start)})
            found.append(entry)
        return found[:MAX_VALUES] if self._few(feature, found, several) else []

    def _few(self, feature: Feature, found: list[Entry], several: list[Value]) -> bool:
        if len(found) <= MAX_VALUES:
            return True
        message = f"{feature.label} has {len(found):,} values of one patient; a record holds up to {MAX_VALUES}."
        self._refuse(Question("row", several[0].row, feature.name, message, "Keep one an hour."), "several values")
        return False

    def _added_up(self, feature: Feature, amounts: list[Value], others: list[Value]) -> list[Entry]:
        """A day's amount from its portions, when a person has said that they are all of it."""
        times = [value.hours for value in amounts if value.hours is not None]
        length = max(times) - min(times) if times else 0.0
        if not self._mapping.portions:
            rows, shortest = self._portions.get(feature.name, ((), length))
            self._portions[feature.name] = ((*rows, amounts[0].row), min(shortest, length))
        disposition: Disposition = "left out" if self._mapping.portions else "to confirm"
        if self._mapping.portions != "add up" or others:
            why = "portions beside amounts of a day" if others else "a portion is no amount of 24 hours"
            for value in (*amounts, *others):
                self._note(disposition, value, "", why, "")
            return []
        total = math.fsum(value.portion or 0.0 for value in amounts)
        rule = f"the sum of {len(amounts):,} portions of the day, within {length:.0f} hours"
        return self._of_several(feature, amounts, total, rule)

    def _of_several(self, feature: Feature, several: list[Value], amount: float, rule: str) -> list[Entry]:
        """What is computed from several values, checked like one of the file."""
        checked = check_number(feature, amount, rule)
        one = replace(several[-1], checked=checked, text=" + ".join(value.text for value in several[:5]))
        if checked.value is None:
            self._refuse_value(one)
            return []
        entry = self._entry(one)
        return [entry.model_copy(update={"provenance": "computed"})] if entry else []

    def _fitting(self, value: Value, entry: Entry | None, together: Together) -> Entry | None:
        """``entry`` of ``value``, once a person has decided about what does not fit it of the same time."""
        if entry is None:
            return None
        feature = value.feature
        for found in together.contradictions(value):
            decision = self._about(feature.name, value.row)
            if decision and decision.action == "leave out":
                self._note("left out", value, "", found.message, "Left out by you.")
                return None
            if decision and decision.action == "keep" and decision.reason.strip():
                entry = entry.model_copy(update={"reason": decision.reason.strip()})
                continue
            message, remedy = f"Row {value.row}: {found.message}", "Keep it with a reason, or leave it out."
            question = Question("contradiction", value.row, feature.name, message, remedy, may_keep=True)
            self.questions.append(question)
            self._note("to confirm", value, feature.text_with_unit(entry.value), found.message, remedy)
        return entry

    def _compute(
        self, quantity: Quantity, usable: Mapping[str, list[Value]], start: float, together: Together
    ) -> list[Entry]:
        """What a formula gives from values of one time: of several results the worst, or each where all are kept."""
        feature = self._computed.get(quantity)
        if feature is None or feature.name in usable:
            return []
        results = [
            (pair, value) for pair in together.pairs(quantity) if (value := self._result(feature, pair)) is not None
        ]
        every = over_time(feature, self._codebook) and any(pair.inputs[0].hours is not None for pair, _ in results)
        found: dict[float | None, Entry] = {}
        count = len(results)
        while results and (every or not found):
            at = 0 if every else self._place(feature, [value for _, value in results])
            pair, value = results.pop(at)
            if not all(self._input(value, together) for value in pair.inputs):
                continue
            hours = pair.inputs[0].hours if every else None
            if every and hours is None:
                continue
            entry = Entry(feature=feature.name, value=value, provenance="computed")
            if hours is not None:
                entry = entry.model_copy(update={"hours": tidied(hours - start)})
            found[entry.hours] = entry
            rule = pair.computed.formula
            if count > 1 and not every:
                which = self._mapping.choice
                rule += (
                    f", from values within {SPAN[quantity]:g} h of each other: the {which} of {count} results counts"
                )
            row = max(value.row for value in pair.inputs)
            self.items.append(Item("computed", row, "", feature.label, "", feature.text_with_unit(value), rule))
        return list(found.values())

    def _place(self, feature: Feature, values: list[float]) -> int:
        """Which of several results counts, in order of time."""
        if feature.counts in {"highest", "lowest", "worst", "first", "last"}:
            return count_of(feature, values)[0] or 0
        if self._mapping.choice == "worst":
            return worst_of(feature, values)
        return 0 if self._mapping.choice == "first" else len(values) - 1

    def _input(self, value: Value, together: Together) -> bool:
        """Whether an input of a formula can be used; it is asked about as a value that is kept would be."""
        if value.feature.name in self._codebook.by_name or id(value) in self._used:
            return value.checked.value is not None and not value.checked.confirm
        self._used.add(id(value))
        return self._fitting(value, self._entry(value), together) is not None

    def _result(self, feature: Feature, pair: Pair) -> float | None:
        """A result in the unit of its feature; None where that is no possible or no usual value."""
        quantity = self._quantities[feature.name]
        assert quantity is not None
        try:
            value = round(convert(feature, pair.result, TAKEN[quantity][1]), feature.decimals + 2)
        except CaseError:  # the codebook has it in a unit that says nothing
            return None
        return value if all(finding.tier == "reference" for finding in check_value(feature, value)) else None

    def _assumed(self, name: str, code: str) -> str:
        unit = unit_named(code)
        return f"{target_feature(name, self._codebook).label} ({unit.label if unit and unit.label else code})"
