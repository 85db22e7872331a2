"""What a codebook's LOINC codes and units say of one another: codes that are none, units that no code means.

A value goes by the codebook's unit, whatever the code's dimension; what is told here is what formulas and imports will
not be able to use.
"""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from creason_core.record.codebook import Codebook, Feature
from creason_core.record.computed import NAMES, Quantity, quantity_of
from creason_core.record.units import alternatives, analyte_of, analyte_with_loinc, is_loinc, loinc_allows


class Remark(NamedTuple):
    """What is wrong about the feature ``thing``, and what to do; ``structure`` stops the making of a cohort."""

    severity: Literal["structure", "note"]
    thing: str
    rule: str
    remedy: str


def measured(codebook: Codebook) -> Iterator[Remark]:
    """Codes and units of ``codebook`` that do not fit one another."""
    several: dict[Quantity, list[str]] = {}
    for feature in codebook.features:
        if feature.loinc:
            yield from _coded(feature)
        if feature.numeric and (quantity := quantity_of(feature)):
            several.setdefault(quantity, []).append(feature.name)
    for quantity, names in several.items():
        if len(names) > 1:
            rule = f"so are {', '.join(names[1:])}: all of them are {NAMES[quantity]} by their LOINC codes"
            remedy = "Formulas use none of them where two are recorded: leave the code to the one that counts."
            yield Remark("note", names[0], rule, remedy)


def _coded(feature: Feature) -> Iterator[Remark]:
    code = feature.loinc
    if not is_loinc(code):
        rule = f"'{code}' is no LOINC code: its form or its check digit is wrong"
        yield Remark("structure", feature.name, rule, "Correct 'loinc', or leave it out.")
        return
    known = analyte_with_loinc(code)
    if known is None or not feature.numeric or not (feature.unit or quantity_of(feature)):
        return
    if analyte_of(feature) is None:
        said = f"the unit '{feature.unit}' is none" if feature.unit else "no unit is given"
        rule = f"{said} that {known.name} (LOINC {code}) comes in"
        remedy = f"Formulas and conversions leave it out; it takes {', '.join(known.units)}."
        yield Remark("note", feature.name, rule, remedy)
    elif not loinc_allows(code, alternatives(feature)[0]):
        fits = [other for other in known.codes if loinc_allows(other, alternatives(feature)[0])]
        rule = f"LOINC {code} is of another dimension than the unit {feature.unit}; values go by the unit"
        remedy = f"Write {fits[0]}." if fits else "Correct one of the two."
        yield Remark("note", feature.name, rule, remedy)
