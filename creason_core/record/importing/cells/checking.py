"""One value of an upload, checked: parse → unit → impossible → unit suspected → confirm → outside reference.

Checks are those of ``case`` and ``units``; what is added here is the order, and words for a person with a file.
"""

import math
from dataclasses import dataclass

from creason_core.errors import CaseError
from creason_core.record.ages import is_age, shown_age, top_coded_age
from creason_core.record.case import check_value, parse_value
from creason_core.record.codebook import Feature
from creason_core.record.importing.cells.values import Decimal, is_missing, parse_cell
from creason_core.record.importing.report import safe_text
from creason_core.record.units import Conversion, conversion, convert, suspect_unit, unit_for


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking a cell found.

    ``value`` is in the codebook's unit, None where the cell is empty or refused. ``how`` says what was read or
    converted. ``refused`` is why it cannot be used as it is, with ``remedy``; ``confirm`` is what needs a reason;
    ``suspected`` are conversions that would make it plausible.
    """

    value: float | str | None
    how: str = ""
    refused: str = ""
    remedy: str = ""
    rule: str = ""
    confirm: str = ""
    suspected: tuple[Conversion, ...] = ()
    flag: str = ""

    @property
    def empty(self) -> bool:
        """Whether nothing was recorded."""
        return self.value is None and not self.refused


def check_cell(text: str, unit: str, decimal: Decimal, feature: Feature, *, stated: bool = False) -> Checked:
    """Checks a cell whose unit the file gives as ``unit`` (any spelling; "" for none, then the codebook's).

    ``stated`` says that it stands beside the cell, which then may not name another.
    """
    if is_missing(text, feature):
        return Checked(value=None)
    try:
        parsed = parse_cell(text, feature, decimal)
    except CaseError as error:
        return _refused(error, "parse", text)
    if isinstance(parsed.value, str):
        return Checked(value=parsed.value, how=parsed.how, rule="parse" if parsed.how else "")
    source = parsed.unit or unit
    if stated and parsed.unit and differ(feature, parsed.unit, unit):
        return two_units(feature, parsed.unit, unit)
    try:
        value, how = in_unit(feature, parsed.value, source) if source else (parsed.value, "")
    except CaseError as error:
        return _refused(error, "unit", text)
    return check_number(feature, value, how or parsed.how, converted=bool(how))


def differ(feature: Feature, one: str, other: str) -> bool:
    """Whether two spellings are of two units of ``feature`` in which one number is two values; not known is neither."""
    first, second = unit_for(feature, one), unit_for(feature, other)
    if first is None or second is None or first.code == second.code:
        return False
    try:
        return convert(feature, 1.0, first.code) != convert(feature, 1.0, second.code)
    except CaseError:
        return True


def two_units(feature: Feature, one: str, other: str) -> Checked:
    """What becomes of a value of which a file states two units."""
    said = f"{feature.label}: the file says '{safe_text(one[:30])}' and '{safe_text(other[:30])}' of one value."
    return Checked(
        value=None, refused=said, remedy="Correct the unit that is not its own, or leave it out.", rule="unit"
    )


def check_number(feature: Feature, value: float, how: str = "", *, converted: bool = False) -> Checked:
    """Checks a number in the codebook's unit; ``converted`` numbers may be brought to whole ones."""
    if is_age(feature) and math.isfinite(value):
        value, how = _age(feature, value, how)
    elif feature.kind == "integer" and converted:
        value = float(round(value))
    try:
        parse_value(feature, value)
    except CaseError as error:
        return _refused(error, "parse")
    rule = "unit" if converted else "parse" if how else ""
    findings = check_value(feature, value)
    if not findings or findings[0].tier == "reference":
        return Checked(value=value, how=how, rule=rule, flag=findings[0].message if findings else "")
    suspected = suspect_unit(feature, value)
    if findings[0].tier == "impossible":
        remedy = suspected[0].sentence if suspected else ""
        return Checked(
            value=None, how=how, refused=findings[0].message, remedy=remedy, rule="impossible", suspected=suspected
        )
    asked = suspected[0].sentence if suspected else findings[0].message
    rule = "unit suspected" if suspected else "confirm"
    return Checked(value=value, how=how, confirm=asked, rule=rule, suspected=suspected)


def as_unit(feature: Feature, suspect: Conversion) -> Checked:
    """The value of a suspicion that a person has agreed to."""
    return check_number(feature, _tidy(feature, suspect.result), suspect_sentence(feature, suspect), converted=True)


def suspect_sentence(feature: Feature, suspect: Conversion) -> str:
    """What was done: "Creatinine 177 µmol/L → 2.0 mg/dL"."""
    return conversion(feature, suspect.value, suspect.unit).sentence


def in_unit(feature: Feature, value: float, unit: str) -> tuple[float, str]:
    """``value`` in ``unit`` in the feature's unit, and what was done ("" for nothing).

    Raises:
        CaseError: The feature does not come in that unit.
    """
    result = convert(feature, value, unit)
    if result == value:
        return value, ""
    return _tidy(feature, result), conversion(feature, value, unit).sentence


def _tidy(feature: Feature, value: float) -> float:
    """Two digits more than the codebook shows: a factor is not known better."""
    return round(value, feature.decimals + 2)


def _age(feature: Feature, value: float, how: str) -> tuple[float, str]:
    """Completed years; over 89 as 90, which stands for "90 or older". Impossible ages stay as they are."""
    whole = float(math.floor(value))
    kept = float(top_coded_age(feature, whole))
    if kept != whole or (kept == 90 and value > 90):
        return kept, f"an age over 89 is kept as {shown_age(kept)}"
    return whole, how if whole == value else f"{value:g} read as {whole:.0f} completed years"


def _refused(error: CaseError, rule: str, text: str = "") -> Checked:
    """A refusal; what may identify a person in the cell's text is not repeated in it."""
    message, safe = error.message, safe_text(text)
    if safe != text:
        message = message.replace(text, safe).replace(text[:40], safe[:40])
    return Checked(value=None, refused=message, remedy=error.remedy, rule=rule)
