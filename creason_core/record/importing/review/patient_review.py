"""The values of one feature of one patient: which count, what is added up of them, and what follows by formula."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from creason_core.errors import CaseError
from creason_core.record.case import MAX_VALUES, Entry, check_value
from creason_core.record.codebook import Codebook, Feature
from creason_core.record.computed import TAKEN, Quantity, quantity_of
from creason_core.record.counting import count as count_of
from creason_core.record.hours import tidied
from creason_core.record.importing.cells.checking import check_number
from creason_core.record.importing.columns.mapping import TableMapping, UnitFrom
from creason_core.record.importing.decisions import Decisions, Question
from creason_core.record.importing.patients.choosing import choose, over_time, worst_of
from creason_core.record.importing.patients.pairs import SPAN, Pair, Together
from creason_core.record.importing.patients.patients import Grouped, Value, a_day
from creason_core.record.importing.report import Disposition, Item
from creason_core.record.importing.review.value_review import ValueReview
from creason_core.record.units import convert, formula_inputs

STATED: tuple[UnitFrom, ...] = ("header", "unit column", "chosen")


class PatientReview(ValueReview):
    """What becomes of one patient's values; what nothing says is kept, to be asked once for the table."""

    def __init__(self, grouped: Grouped, mapping: TableMapping, decisions: Decisions, codebook: Codebook) -> None:
        super().__init__(decisions)
        self._grouped, self._mapping, self._codebook = grouped, mapping, codebook
        # Two features of one quantity leave open which of them a formula gives.
        by_quantity: dict[Quantity, list[Feature]] = {}
        for item in codebook.features:
            if quantity := quantity_of(item):
                by_quantity.setdefault(quantity, []).append(item)
        self._computed = {quantity: items[0] for quantity, items in by_quantity.items() if len(items) == 1}
        self._quantities = {item.name: quantity_of(item) for item in (*codebook.features, *formula_inputs().features)}
        self._which: dict[str, list[int]] = {}  # features of which nothing says what counts, with rows
        self._portions: dict[str, tuple[tuple[int, ...], float]] = {}
        self._again: dict[str, list[int]] = {}  # rows with a portion that another row of the time has too
        self._used: set[int] = set()
        parts = [part for source in STATED for part in mapping.with_unit(source)]
        stated = {part.target for part in parts}
        self._unstated = {item.name for item in codebook.features if a_day(item)} - stated  # of a day, or portions
        self._several = {
            key
            for key, number in Counter(
                (v.patient, v.feature.name) for v in grouped.values if v.portion is not None
            ).items()
            if number > 1
        }

    def _counted(self, several: list[Value], start: float, together: Together) -> list[Entry]:
        """The entries of one feature of one patient."""
        feature = several[0].feature
        if feature.name in self._unstated and len({(value.checked.value, value.hours) for value in several}) > 1:
            several = [self._as_portion(value) for value in several]
        amounts = [value for value in several if value.portion is not None]
        if amounts:
            return self._added_up(feature, amounts, [value for value in several if value.portion is None])
        sums: list[Value] = []
        if feature.counts == "sum":
            several, sums = self._summed(feature, several)
            if not several:
                return []
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
        found = [
            entry.model_copy(update={"provenance": "computed"}) if any(value is one for one in sums) else entry
            for value in chosen.kept
            if (entry := self._timed(value, start, together)) is not None
        ]
        return found[:MAX_VALUES] if self._few(feature, found, several) else []

    def _timed(self, value: Value, start: float, together: Together) -> Entry | None:
        """The entry of a value that counts, with its hours where its feature has several."""
        entry = self._fitting(value, self._entry(value), together)
        if entry is None or value.hours is None or not over_time(value.feature, self._codebook):
            return entry
        return entry.model_copy(update={"hours": tidied(value.hours - start)})

    @staticmethod
    def _as_portion(value: Value) -> Value:
        """A volume without a unit, of which there are several a day."""
        return replace(value, portion=value.checked.value if isinstance(value.checked.value, float) else value.portion)

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
        amounts = self._each_once(feature, amounts)
        if self._mapping.portions not in {"add up", "once"} or others:
            why = "portions beside amounts of a day" if others else "a portion is no amount of 24 hours"
            for value in (*amounts, *others):
                self._note(disposition, value, "", why, "")
            return []
        total = math.fsum(value.portion or 0.0 for value in amounts)
        rule = f"the sum of {len(amounts):,} portions of the day, within {length:.0f} hours"
        return self._of_several(feature, amounts, total, rule)

    def _each_once(self, feature: Feature, amounts: list[Value]) -> list[Value]:
        """Portions, of which those that another row of the time has too are told, and taken once where one says so."""
        seen: set[tuple[str, float | None, float | str | None]] = set()
        kept: list[Value] = []
        for value in amounts:
            what = (value.column, value.hours, value.checked.value if value.portion is None else value.portion)
            if what in seen and self._mapping.portions == "once":
                self._note("left out", value, "", "another row of that time says the same", "Left out by you.")
                continue
            if what in seen:
                self._again.setdefault(feature.name, []).append(value.row)
            seen.add(what)
            kept.append(value)
        return kept

    def _summed(self, feature: Feature, several: list[Value]) -> tuple[list[Value], list[Value]]:
        """Portions of a feature that the codebook adds up, those of one time as one, and which of them are such sums.

        None where a row says the same as another, until a person has said whether that is another portion.
        """
        before = len(self._again.get(feature.name, ()))
        several = self._each_once(feature, several)
        again = len(self._again.get(feature.name, ())) > before
        if again and self._mapping.portions != "add up":
            disposition: Disposition = "left out" if self._mapping.portions else "to confirm"
            for value in several:
                self._note(disposition, value, "", "a sum, of which one portion may stand twice", "")
            return [], []
        if not over_time(feature, self._codebook):
            return several, []
        by_time: dict[float | None, list[Value]] = {}
        for value in several:
            by_time.setdefault(value.hours, []).append(value)
        if len(by_time) == 1 and None in by_time:
            return several, []  # without times there is one sum
        made, sums = [], []
        for parts in by_time.values():
            one = parts[-1]
            if len(parts) > 1:
                total = math.fsum(part.checked.value for part in parts if isinstance(part.checked.value, float))
                checked = check_number(feature, total, f"the sum of {len(parts):,} portions of one time")
                one = replace(one, checked=checked, text=" + ".join(part.text for part in parts[:5]))
                sums.append(one)
            if one.checked.value is None:
                self._refuse_value(one)
            else:
                made.append(one)
        return made, sums

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
            decision = self._about(feature.name, value.row, "contradiction")
            if decision and decision.action == "leave out":
                self._note("left out", value, "", found.message, "Left out by you.")
                return None
            if decision and decision.action == "keep" and decision.reason.strip():
                reasons = dict.fromkeys(filter(None, (entry.reason, decision.reason.strip())))
                entry = entry.model_copy(update={"reason": "; ".join(reasons)})
                continue
            message, remedy = f"Row {value.row}: {found.message}", "Keep it with a reason, or leave it out."
            shown = feature.text_with_unit(entry.value)
            question = Question("contradiction", value.row, feature.name, message, remedy, may_keep=True, shown=shown)
            self.questions.append(question)
            self._note("to confirm", value, shown, found.message, remedy)
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
            open_ = len(self.questions)
            if not all(self._input(value, together) for value in pair.inputs):
                if len(self.questions) > open_ and not every:
                    break  # it waits for what is asked
                continue
            if unusual := self._unusual(feature, pair, value):
                self.items.append(unusual)
                if every:
                    continue
                break  # the worst is not to be had, and a better one would not be the worst
            hours = pair.inputs[0].hours if every else None
            if every and hours is None:
                continue
            entry = Entry(feature=feature.name, value=value, provenance="computed")
            if hours is not None:
                entry = entry.model_copy(update={"hours": tidied(hours - start)})
            found[entry.hours] = entry
            rule = pair.computed.formula
            if count > 1 and not every:
                which = feature.counts or self._mapping.choice
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
        """A result in the unit of its feature; None where the codebook's unit says nothing."""
        quantity = self._quantities[feature.name]
        assert quantity is not None
        try:
            return round(convert(feature, pair.result, TAKEN[quantity][1]), feature.decimals + 2)
        except CaseError:
            return None

    def _unusual(self, feature: Feature, pair: Pair, value: float) -> Item | None:
        """What is said of a result that is no possible or no usual value: it is not stored."""
        found = [finding for finding in check_value(feature, value) if finding.tier != "reference"]
        if not found:
            return None
        row, rule = max(value.row for value in pair.inputs), f"{pair.computed.formula}: {found[0].message}"
        return Item("left out", row, "", feature.label, "", "", rule, "Enter it by hand if it is right.")
