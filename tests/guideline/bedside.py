"""A codebook in which every fact of the library has a place, and patients of it."""

from collections.abc import Mapping

from creason_core.guideline.facts import Vocabulary
from creason_core.record.case import Entry, PatientCase, make_case
from creason_core.record.codebook import Codebook, Feature, Level
from creason_core.record.units import analyte_named
from creason_core.record.units.tables import Analyte, dimension_of_loinc

Values = Mapping[str, float | bool]


def analyte(name: str) -> Analyte:
    found = analyte_named(name)
    assert found
    return found


def measurement(name: str, of: str, unit: str = "", decimals: int = 1) -> Feature:
    """A feature for a measurement, in its first unit unless another is given, by name as a codebook without LOINC."""
    known = analyte(of)
    chosen = unit or known.units[0]
    fitting = [code for code in known.codes if loinc_fits(code, chosen)]
    return Feature(
        name=_plain(name),
        label=known.name if not fitting else name,
        section="All",
        kind="number",
        time="day1",
        unit=chosen,
        unit_label=chosen,
        decimals=decimals,
        loinc=fitting[0] if fitting else "",
        age=False if known.name == "age" and chosen != "a" else None,  # else 216 months would be kept as 90
    )


def loinc_fits(code: str, unit: str) -> bool:
    """Whether a LOINC code names values of the dimension of ``unit``."""
    from creason_core.record.units.scales import same_dimension

    dimension = dimension_of_loinc(code)
    return not dimension or same_dimension(dimension, unit)


def finding(name: str, label: str) -> Feature:
    """A yes-or-no feature called ``label``."""
    levels = (Level(code="0", label="No"), Level(code="1", label="Yes"))
    return Feature(name=_plain(name), label=label, section="All", kind="binary", time="admission", levels=levels)


def codebook(*features: Feature) -> Codebook:
    """A codebook of these features."""
    return Codebook(
        name="bedside", version=1, title="Bedside", population="adults", source="-", citation="-", sections=("All",),
        features=features,
    )  # fmt: skip


def whole_codebook(vocabulary: Vocabulary) -> Codebook:
    """A feature for every fact of the library."""
    return codebook(
        *(
            measurement(fact.name, fact.analyte) if fact.analyte else finding(fact.name, fact.recorded_as[0].names[0])
            for fact in vocabulary.facts
        )
    )


def patient(values: Values, book: Codebook) -> PatientCase:
    """A patient with these values by the names of facts."""
    entries = [
        Entry(feature=_plain(name), value=str(int(value)) if isinstance(value, bool) else value, reason="as told")
        for name, value in values.items()
    ]
    return make_case("p", entries, book)


def _plain(name: str) -> str:
    return "f_" + "".join(sign if sign.isalnum() else "_" for sign in name.casefold())
