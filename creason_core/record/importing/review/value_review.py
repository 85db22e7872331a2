"""One value of an import: what becomes of it, as it was checked and as a person has decided about it."""

from dataclasses import replace
from functools import cache

from creason_core.record.ages import TOP_CODED_AGE, is_age
from creason_core.record.case import Entry
from creason_core.record.codebook import Feature
from creason_core.record.importing.cells.checking import as_unit
from creason_core.record.importing.decisions import Asks, Decision, Decisions, Question
from creason_core.record.importing.patients.patients import Value
from creason_core.record.importing.report import Disposition, Item, safe_text


class ValueReview:
    """What is said and asked about single values: ``items`` and ``questions`` grow as they are gone through."""

    def __init__(self, decisions: Decisions) -> None:
        self._decisions = decisions
        self._decided = {(item.feature, item.row, item.about): item for item in decisions.values}  # the last counts
        self._safe = cache(safe_text)  # for this review only
        self._made: dict[tuple[str, float | str], tuple[Entry, str]] = {}
        self.items: list[Item] = []
        self.questions: list[Question] = []

    def _text(self, value: Value) -> str:
        """The cell's text as a report may show it: without finds, and without an age over 89."""
        aged = is_age(value.feature) and value.checked.value == TOP_CODED_AGE
        return f"{TOP_CODED_AGE}+" if aged else self._safe(value.text)

    def _about(self, feature: str, row: int, asks: Asks) -> Decision | None:
        """The decision about a value that answers what is asked: its own, else that about its feature."""
        places = ((feature, row, asks), (feature, row, ""), (feature, 0, asks), (feature, 0, ""))
        return next((self._decided[place] for place in places if place in self._decided), None)

    def _converted(self, value: Value) -> Value:
        """The value in the unit that a person agreed to take it in, where it is one of another unit's size."""
        decision = self._about(value.feature.name, value.row, "unit suspected")
        if decision and decision.action == "convert" and value.checked.suspected:
            return replace(value, checked=as_unit(value.feature, value.checked.suspected[0]))
        return value

    def _entry(self, value: Value) -> Entry | None:
        checked, feature, reason = value.checked, value.feature, ""
        if checked.confirm or checked.value is None:
            asks: Asks = "unit suspected" if checked.suspected else "confirm"
            decision = self._about(feature.name, value.row, asks)
            if decision and decision.action == "leave out":
                self._note("left out", value, "", checked.rule, "Left out by you.")
                return None
            if decision and decision.action == "keep" and decision.reason.strip():
                reason = decision.reason.strip()
            else:
                ways = "keep it with a reason, or leave it out."
                remedy = f"Convert it, {ways}" if checked.suspected else ways.capitalize()
                message = f"Row {value.row}: {checked.confirm}"
                shown = feature.text_with_unit(checked.value or 0.0)
                self.questions.append(
                    Question(
                        asks, value.row, feature.name, message, remedy, checked.suspected, may_keep=True, shown=shown
                    )
                )
                self._note("to confirm", value, shown, checked.confirm, remedy)
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

    def _refuse_value(self, value: Value) -> None:
        checked, feature = value.checked, value.feature
        asks: Asks = "unit suspected" if checked.suspected else "rejected"
        decision = self._about(feature.name, value.row, asks)
        if decision and decision.action == "leave out":
            self._note("left out", value, "", checked.refused, "Left out by you.")
            return
        remedy = checked.remedy or "Correct the file, or leave it out."
        shown = self._text(value)
        question = Question(asks, value.row, feature.name, checked.refused, remedy, checked.suspected, shown=shown)
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
