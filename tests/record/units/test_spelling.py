"""Spellings: what hospitals write is read by rules, and what means something else is not."""

import pytest

from creason_core.record.units import unit_named
from creason_core.record.units.tables import unit_table


@pytest.mark.parametrize(("texts", "code"), [
    ("µmol/l|μmol/L|umol_L|umol.l-1|µmol·l⁻¹|µmol l-1|Âµmol/L|mcmol/L|micromol per litre|umoll", "umol/L"),
    ("mm Hg|MMHG|mm[Hg]|torr", "mm[Hg]"),
    ("°C|℃|ºC|˚C|degrees Celsius|deg C|Grad C|C|Cel", "Cel"),
    ("°F|degrees F|deg F|Fahrenheit|F|[degF]", "[degF]"),
    ("×10⁹/L|x10^9/L|10*9/L|10⁹/L|x10E9/L|x10E+9/L|E9/L|x10(9)/L|10*9.L-1|109/L|Gpt/L|/nl|/nL|1/nl|Mrd/l", "10*9/L"),
    ("×10³/µL|10e3/mm3|10x3/uL|K/µL|K/mm3|Tsd/µl|Ts/µl|thousand/uL|Thou/mcL|1000/µL|10^3 cells/µL|103/uL", "10*3/uL"),
    ("/µL|cells/µL|cells/cumm|#/uL|/mm³|1/uL|10^6/L", "/uL"),
    ("Mio/µl|10^6/µL|million/mm3|M/uL", "10*6/uL"),
    ("mL/24 h|ml/24h|mL/day|ml per day|mL/d|mL in 24 h|cc/day|ml/Tag", "mL/d"),
    ("mL/6h|mL/6 h|mL/(6.h)|ml in 6 hours", "mL/(6.h)"),
    ("mL/kg/h|ml/kg/hr|mL/(kg.h)|mL·kg⁻¹·h⁻¹|ml per kg per hour|ml/kg*h", "mL/kg/h"),
    ("mL/min/1.73 m²|mL/min/1.73m2|ml/min/1.73 sqm|mL/min/{1.73_m2}", "mL/min/{1.73_m2}"),
    ("mEq/L|meq/l|mval/L|mval/l", "meq/L"),
    ("bpm|beats per minute|breaths/min|{beats}/min|min-1|/min|1/min", "/min"),
    ("%|percent|Vol.-%|Vol%", "%"), ("g/dl|gm%|g%|gm/dL|g/100 mL", "g/dL"), ("U/L|IU/L|IE/l|units/L", "U/L"),
    ("µg/kg/min|mcg/kg/min|ug/kg per min", "ug/kg/min"), ("ng/mL FEU|ng/mL (FEU)|ng/mL{FEU}", "ng/mL{FEU}"),
    ("1e9/L|E+09/L|cells x10^9/L|cells*10^9/L|•10^9/L", "10*9/L"), ("x1000/ul|th/mm3|10^3/microL|Thous/uL", "10*3/uL"),
    ("WBC/uL|Leukozyten/µl|per cubic millimeter", "/uL"), ("mmols/L|mmol/litro", "mmol/L"), ("gr/dl", "g/dL"),
    ("x/min|lat/min|insp/min|resp/min|slagen/min|회/분", "/min"), ("ml/jour|ml/día|mL/dag", "mL/d"),
    ("oC|degrés Celsius|grados C", "Cel"), ("mm/Hg|mm-Hg|mm of Hg", "mm[Hg]"),
    ("мкмоль/л|микромоль/л|微摩尔/升", "umol/L"), ("ммоль/л|毫摩尔/升", "mmol/L"), ("мг/дл|毫克/分升", "mg/dL"),
    ("г/л|гр/л|克/升", "g/L"), ("×10⁹/л|10^9/л|млрд/л|10^9/升", "10*9/L"), ("тыс/мкл|bin/mm3|tys/µl", "10*3/uL"),
    ("млн/мкл|milyon/mm3|mln/µl", "10*6/uL"), ("мм рт. ст.|mm рт.ст.|毫米汞柱", "mm[Hg]"),
    ("уд/мин|уд. в мин|次/分|次/分钟", "/min"), ("мл/кг/ч|ml/kg/ora", "mL/kg/h"),
    ("мл/ч|ml/saat|毫升/小时|ml/uur|ml/godz", "mL/h"), ("мл/сут|ml/die|ml/gün|ml/dobę|毫升/24小时|ml/24 godz", "mL/d"),
    ("МЕ/л|Ед/л", "U/L"),
    ("years|Jahre|yrs|y", "a"), ("min|minutes|mins", "min"), ("mL|ml|cc", "mL"), ("g|gram", "g"),
])  # fmt: skip
def test_units_are_known_by_many_spellings(texts: str, code: str) -> None:
    read = {text: unit.code if (unit := unit_named(text)) else None for text in texts.split("|")}
    assert read == dict.fromkeys(read, code)


def test_what_a_spelling_means_depends_on_what_the_value_comes_in() -> None:
    cells, mass = ("10*9/L", "10*3/uL", "/uL"), ("g/dL", "g/L")
    assert [getattr(unit_named("G/L", among), "code", None) for among in ((), mass, cells)] == ["g/L", "g/L", "10*9/L"]
    assert [getattr(unit_named("units", among), "code", None) for among in ((), cells, ("[pH]",))] == [
        None,
        None,
        "[pH]",
    ]
    assert [getattr(unit_named("lpm", among), "code", None) for among in ((), ("/min",))] == ["L/min", "/min"]
    assert [getattr(unit_named("ratio", among), "code", None) for among in ((), ("{INR}",))] == ["1", "{INR}"]


@pytest.mark.parametrize(
    "text",
    ["", " ", "furlong", "x10^3", "24h", "mL/5h", "billion/L", "mil/mm3", "10^5/L", "mmol", "/", "L/", "g * m", "kg*m"],
)
def test_what_is_no_unit_or_has_two_meanings_is_none(text: str) -> None:
    assert unit_named(text) is None


@pytest.mark.parametrize(("text", "code"), [
    ("mM", "mmol/L"), ("mm", "mm"), ("MM", "mm"), ("µM", "umol/L"), ("nM", "nmol/L"), ("pm", None), ("ul", None),
    ("uL", None), ("UL", None), ("dl", None), ("LH", None),
    ("LD", None), ("mgdl", "mg/dL"), ("meql", "meq/L"),
])  # fmt: skip
def test_a_length_or_a_volume_is_no_concentration(text: str, code: str | None) -> None:
    unit = unit_named(text)
    assert (unit and unit.code) == code


def test_a_power_of_ten_is_read_and_not_guessed() -> None:
    assert unit_named("x10^3/nL") == unit_named("10*12/L")
    assert unit_named("10^6/mL") == unit_named("10*9/L")


def test_every_unit_is_known_by_its_code_and_label_in_any_case_and_spacing() -> None:
    for unit in unit_table().units:
        for text in {unit.code, unit.label} - {""}:
            for spelled in (text, text.upper(), text.lower(), f" {text} ", text.replace("/", " / ")):
                assert unit_named(spelled) == unit, spelled
