"""Mappings: which column is taken for which feature, why, in which unit, and what is kept for the next file."""

import pytest

from creason_core.errors import IdentifierError, UploadError
from creason_core.record.codebook import packaged_codebook
from creason_core.record.importing.columns.headers import parse_header
from creason_core.record.importing.columns.mapping import NameMap, SavedMapping, TableMapping, targets
from creason_core.record.importing.columns.matching import matches
from creason_core.record.importing.contents.previews import preview
from creason_core.record.importing.files.protocol import Row, Table
from creason_core.record.importing.saved import reuse, to_keep
from creason_core.record.importing.suggesting import headed, suggest

RHC = packaged_codebook("rhc")


def table(columns: str, *rows: str) -> Table:
    cells = [tuple(row.split("|")) for row in rows]
    return Table(tuple(columns.split("|")), tuple(Row(number, row) for number, row in enumerate(cells, start=2)))


@pytest.mark.parametrize(("name", "target", "why"), [
    ("crea1", "crea1", "name"), ("Creatinine", "crea1", "label"), ("Serum Creatinine (µmol/L)", "crea1", "alias"),
    ("2160-0", "crea1", "LOINC"), ("14682-9", "crea1", "LOINC"), ("SCr", "crea1", "alias"),
    ("Kreatinin", "crea1", "alias"), ("Crea", "crea1", "alias"), ("Creatin", "crea1", "similar"),
    ("MAP", "meanbp1", "alias"), ("Mean BP", "meanbp1", "alias"), ("temp_f", "temp1", "alias"),
    ("SBP", "systolic", "alias"), ("PF ratio", "pafi1", "alias"), ("APACHE score", "aps1", "search"),
    ("WBC (10^9/L)", "wblc1", "alias"), ("Gender", "sex", "alias"),
    ("pCO2 [kPa]", "paco21", "alias"), ("pH", "ph1", "alias"),
    ("Age (yrs)", "age", "label"), ("haematocrit", "hema1", "label"), ("heart_rate_max", "hrt1", "label"),
])  # fmt: skip
def test_a_name_finds_its_feature(name: str, target: str, why: str) -> None:
    best = matches(name, RHC)[0]
    assert (best.feature.name, best.why) == (target, why)


@pytest.mark.parametrize("name", ["lactate", "Patient Name", "note", "x", "", "ward", "Ht"])
def test_what_is_alike_to_nothing_finds_nothing(name: str) -> None:
    assert matches(name, RHC) == ()


def test_every_feature_finds_itself_by_name_label_and_aliases() -> None:
    for feature in targets(RHC):
        assert matches(feature.name, RHC)[0].feature.name == feature.name
        assert feature.name in {match.feature.name for match in matches(feature.label, RHC)}


@pytest.mark.parametrize(("name", "key", "unit"), [
    ("Krea_max (µmol/L)", "krea max", "umol/L"), ("creatinine_umol_l", "creatinine", "umol/L"),
    ("Temp [°F]", "temp", "[degF]"),
    ("Albumin g/L", "albumin", "g/L"), ("pH", "ph", ""), ("Hct %", "hct", "%"),
    ("sodium_mmol_l_min", "sodium min", "mmol/L"), ("temp_c_max", "temp max", "Cel"),
    ("O2 flow l min", "o2 flow", "L/min"),
    ("creatinine_min", "creatinine min", ""), ("Arterial pH", "arterial ph", ""), ("serum INR", "serum inr", ""),
    ("urine_ml_24h", "urine", "mL/d"), ("Urine output 6h (mL)", "urine output 6h", "mL/(6.h)"),
    ("serum LH", "serum lh", ""),
    ("urine_ml_5h", "urine ml 5h", ""), ("Volume 5 h (mL)", "volume 5 h", "mL"),
    ("pf_ratio_min", "pf ratio min", ""), ("coma score", "coma score", ""), ("tumour size mm", "tumour size", "mm"),
])  # fmt: skip
def test_a_header_carries_its_unit(name: str, key: str, unit: str) -> None:
    header = parse_header(name)
    assert (header.key, header.unit.code if header.unit else "") == (key, unit)


def test_a_wide_table_is_mapped_with_units_and_where_they_come_from() -> None:
    found = suggest(table("MRN|Age|Temp F|PaCO2|Bilirubin|Crea (µmol/L)|lactate", "7|63|101.3|5.3|20|177|4"), RHC)
    said = {item.column: (item.role, item.target, item.unit, item.unit_from) for item in found.columns}
    assert said == {
        "MRN": ("patient", "", "", ""),
        "Age": ("feature", "age", "a", "values"),
        "Temp F": ("feature", "temp1", "[degF]", "header"),
        "PaCO2": ("feature", "paco21", "kPa", "values"),
        "Bilirubin": ("feature", "bili1", "mg/dL", "assumed"),
        "Crea (µmol/L)": ("feature", "crea1", "umol/L", "header"),
        "lactate": ("ignored", "", "", ""),
    }
    assert found.unmapped == ("lactate",)


@pytest.mark.parametrize(("columns", "cells", "roles"), [
    ("bilirubin (mg/dL)|bilirubin unit", "20|umol/L", "feature unit"), ("bilirubin|unit", "20|umol/L", "feature unit"),
    ("bilirubin|unit|albumin|unit (2)", "20|umol/L|31|g/L", "feature unit feature unit"),
    ("Bilirubin|Einheit Bilirubin", "20|umol/L", "feature unit"),
    ("bilirubin|albumin|unit", "20|31|g/L", "feature feature ignored"),  # of which of them?
    ("age|unit", "63|MICU", "feature ignored"),
])  # fmt: skip
def test_units_stand_in_a_column_of_the_same_name_or_to_the_right(columns: str, cells: str, roles: str) -> None:
    assert [item.role for item in suggest(table(columns, cells), RHC).columns] == roles.split()


def test_a_unit_column_belongs_to_its_value_column() -> None:
    found = suggest(table("bilirubin|bilirubin_unit", "20|umol/L"), RHC)
    assert [(item.role, item.target) for item in found.columns] == [("feature", "bili1"), ("unit", "bili1")]


def test_of_two_columns_that_fit_equally_none_is_taken() -> None:
    found = suggest(table("Creatinine|Creatinine (2)", "1.4|1.5"), RHC)
    assert found.mapped == ("crea1",) or all(not item.sure for item in found.columns)
    found = suggest(table("SCr|Cr", "1.4|1.5"), RHC)
    assert found.mapped == ()
    assert "could be Creatinine, as could 'Cr': choose one" in found.columns[0].note


def test_the_values_tell_two_columns_apart() -> None:
    found = suggest(table("hema|Haematocrit", "Yes|31"), RHC)
    assert [item.target for item in found.columns] == ["hema", "hema1"]


def test_a_column_whose_values_do_not_fit_is_not_sure() -> None:
    (column,) = suggest(table("Sodium", "high", "low"), RHC).columns
    assert not column.sure
    assert "Only 0%" in column.note


def test_a_long_table_is_known_by_its_columns() -> None:
    found = suggest(table("patient|test|value|unit|time", "1|Creatinine|177|umol/L|0", "1|lactate|4|mmol/L|0"), RHC)
    assert found.layout == "long"
    assert [(item.name, item.target) for item in found.names] == [("Creatinine", "crea1"), ("lactate", "")]
    assert found.unmapped == ("lactate",)


def test_a_pasted_list_without_names_of_columns_is_long() -> None:
    found = headed(Table(("Creatinine", "2.1", "mg/dL"), (Row(2, ("Sodium", "140", "mmol/L")),)), RHC)
    assert found.columns == ("Feature", "Value", "Unit")
    assert [row.cells for row in found.rows] == [("Creatinine", "2.1", "mg/dL"), ("Sodium", "140", "mmol/L")]
    kept = table("Creatinine|Sodium", "2.1|140")
    assert headed(kept, RHC) is kept


def test_a_preview_shows_different_values() -> None:
    assert preview(table("a", "1", "1", "", "2"), "a") == ("1", "2")


def test_a_saved_mapping_fits_the_next_file_and_keeps_nothing_else() -> None:
    first = suggest(table("Ward Name|SCr|lactate", "Kim|1.4|4"), RHC)
    saved = to_keep("our laboratory", first)
    assert [item.column for item in saved.mapping.columns] == ["SCr"]
    again = SavedMapping.model_validate_json(saved.model_dump_json())
    found = reuse(again, table("scr|Sodium", "1.4|140"), RHC)
    assert [(item.column, item.target) for item in found.columns] == [("scr", "crea1"), ("Sodium", "sod1")]


def test_a_mapping_that_names_a_person_is_not_kept() -> None:
    long = suggest(table("patient|test|value", "1|Creatinine|2"), RHC)
    with pytest.raises(IdentifierError, match="The name of the mapping holds what looks like a name"):
        to_keep("for Dr Okonkwo", long)
    assert to_keep("for Dr Okonkwo", long, {"Okonkwo"}).name == "for Dr Okonkwo"
    with pytest.raises(UploadError, match="seems to be a name"):
        to_keep(
            "lab",
            long.model_copy(update={"names": (NameMap(name="Dr Okonkwo", target="crea1", score=1, why="chosen"),)}),
        )


def test_a_mapping_needs_its_columns_and_its_codebook() -> None:
    saved = to_keep("lab", suggest(table("SCr", "1.4"), RHC))
    with pytest.raises(UploadError, match="needs columns that this table lacks: SCr"):
        reuse(saved, table("Sodium", "140"), RHC)
    other = SavedMapping(name="x", mapping=TableMapping(codebook="other", layout="wide", columns=()))
    with pytest.raises(UploadError, match="is for the codebook other"):
        reuse(other, table("Sodium", "140"), RHC)
