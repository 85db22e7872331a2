"""Records of patient facts: what a question file or a consult case says of a patient, as a case of its own codebook.

The codebook has a place for every fact of the library's vocabulary, so that a fact without a value is missing, and not
one that nobody could record. Each value keeps the unit and the decimals that it was given in.
"""

import re
from collections.abc import Mapping

from creason_core.errors import EvaluationError
from creason_core.guideline.facts import Fact, Vocabulary
from creason_core.record.case import Entry, PatientCase, make_case
from creason_core.record.codebook import Codebook, Feature, Level
from creason_core.record.units import Analyte, Unit, analyte_named, unit_named, unit_with_code
from creason_core.record.units.scales import same_dimension
from creason_core.record.units.tables import dimension_of_loinc

Value = bool | float | str
_NUMBER = re.compile(r"\s*(?P<number>-?\d+(?:\.(?P<decimals>\d+))?)\s*(?P<unit>\S.*)?")
_LEVELS = (Level(code="0", label="No"), Level(code="1", label="Yes"))


def record(name: str, values: Mapping[str, Value], vocabulary: Vocabulary) -> tuple[PatientCase, Codebook]:
    """The patient ``name`` with ``values`` by the names of facts, and the codebook that the case follows.

    A measurement is a number with its unit ("2.1 mg/dL"), a number alone where only one unit is in use ("7.15" of pH);
    a finding is true or false.

    Raises:
        EvaluationError: A fact is unknown, or its value is none of these.
    """
    features, entries = [], []
    for fact in vocabulary.facts:
        given = values.get(fact.name)
        feature, value = _measurement(fact, given) if fact.analyte else _finding(fact, given)
        features.append(feature)
        if value is not None:
            entries.append(Entry(feature=feature.name, value=value, reason="as told"))
    if unknown := [fact for fact in values if fact not in vocabulary.by_name]:
        raise EvaluationError(
            f"The patient {name} has '{unknown[0]}', which is no fact that a record holds.",
            remedy=f"Facts are: {', '.join(sorted(vocabulary.by_name))}.",
        )
    book = Codebook(
        name="patient-facts",
        version=1,
        title="Patient facts",
        population="as told",
        source="as told",
        citation="none",
        sections=("Recorded",),
        features=tuple(features),
    )
    return make_case(name, entries, book), book


def _measurement(fact: Fact, given: Value | None) -> tuple[Feature, float | None]:
    analyte = analyte_named(fact.analyte)
    if analyte is None:
        raise EvaluationError(f"The library's fact {fact.name} has no analyte '{fact.analyte}'.")
    found = _NUMBER.fullmatch(str(given)) if given is not None and not isinstance(given, bool) else None
    if given is not None and found is None:
        raise EvaluationError(
            f"{fact.name} is '{given}', and a measurement is a number with its unit.",
            remedy=f"Write it as {fact.name}: 1.5 {_units(analyte)[0].label}".rstrip() + ".",
        )
    unit = _unit(fact, analyte, found["unit"] or "") if found else _units(analyte)[0]
    number = float(found["number"]) if found else None
    # as it is written: 0.9 as "1" or 7.15 as "7.2" would be another value to whoever reads the record
    decimals = len((found["decimals"] or "").rstrip("0")) if found else 0
    loinc = _loinc(analyte, unit.code)
    return (
        Feature(
            name=_plain(fact.name),
            label=fact.name if loinc else analyte.name,
            section="Recorded",
            kind="number",
            time="day1",
            unit=unit.code,
            unit_label=unit.label,
            decimals=decimals,
            loinc=loinc,
            age=False if analyte.name == "age" and unit.code != "a" else None,  # else 216 months are kept as 90
        ),
        number,
    )


def _unit(fact: Fact, analyte: Analyte, text: str) -> Unit:
    units = _units(analyte)
    if not text and len(units) == 1:
        return units[0]
    codes = tuple(unit.code for unit in units)
    found = unit_named(text, codes) if text else None
    if found is None or not analyte.takes(found.code):
        said = f"in '{text}', which it does not come in" if text else "without a unit"
        raise EvaluationError(
            f"{fact.name} is given {said}.",
            remedy=f"Write its unit: {', '.join(unit.label or unit.code for unit in units)}.",
        )
    return found


def _units(analyte: Analyte) -> tuple[Unit, ...]:
    """The units that are in use, the commonest first."""
    return tuple(unit for code in analyte.units if (unit := unit_with_code(code)))


def _loinc(analyte: Analyte, unit: str) -> str:
    """A code of the analyte whose dimension is that of the unit; empty where it has none, so that its name tells it."""
    for code in analyte.codes:
        dimension = dimension_of_loinc(code)
        if not dimension or same_dimension(dimension, unit):
            return code
    return ""


def _finding(fact: Fact, given: Value | None) -> tuple[Feature, str | None]:
    recorded = fact.recorded_as[0]
    if given is not None and (not isinstance(given, bool) or not recorded.present):
        rule = "a finding is true or false" if recorded.present else "it is neither a measurement nor a finding"
        raise EvaluationError(f"{fact.name} is '{given}', and {rule}.", remedy="Correct it, or leave it out.")
    feature = Feature(
        name=_plain(fact.name),
        label=recorded.names[0],
        section="Recorded",
        kind="binary",
        time="admission",
        levels=_LEVELS,
    )
    return feature, None if given is None else str(int(given))


def _plain(name: str) -> str:
    return "f_" + "".join(sign if sign.isascii() and sign.isalnum() else "_" for sign in name.casefold())
