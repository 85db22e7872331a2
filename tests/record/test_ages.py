"""Ages over 89: whatever the column is called, none is kept, shown or sent, and a doubtful column is asked about."""

import pandas as pd
import pytest

from creason_core.cohort.conforming import conform
from creason_core.cohort.drafting.draft import yaml_of
from creason_core.cohort.drafting.inferring import infer
from creason_core.cohort.misfits import Misfit
from creason_core.cohort.table_files.reading import Frame
from creason_core.errors import CodebookError
from creason_core.record.ages import is_age, is_undecided, named_like_an_age, shown_value, top_coded_age
from creason_core.record.case import Entry, make_case
from creason_core.record.codebook import Codebook, Feature, packaged_codebook, parse_codebook

NAMES = (
    "age_years",
    "Age (years)",
    "Alter",
    "ageYears",
    "AgeAtAdmission",
    "edad",
    "возраст",
    "年齢",
    "나이",
    "อายุ",
    "yaş",
)


def codebook_of(*extra: str, unit: str = "a") -> Codebook:
    lines = "".join(f"\n   {line}" for line in extra)
    return parse_codebook(
        "name: t\nversion: 1\ntitle: T\npopulation: p\nsource: s\ncitation: c\nsections: [A]\nfeatures:\n"
        "- {name: years, label: Years lived, section: A, kind: integer, time: admission, unit_label: years"
        f"{f', unit: {unit}' if unit else ''}"
        f"{lines}}}\n"
        "- {name: x, label: X, section: A, kind: number, time: admission}\n",
        "t.yaml",
    )


def table_of(name: str) -> pd.DataFrame:
    ages = [str(18 + (7 * n) % 85) for n in range(120)]  # 18 to 102
    return pd.DataFrame({name: ages, "lactate": [f"{1 + n % 13}.{n % 7}" for n in range(120)]})


def test_an_age_by_its_code_is_told_in_years_or_said_to_be_none() -> None:
    """216 months would else be kept as 90, which is then read as seven years and a half."""
    months = Feature(name="m", label="M", section="A", kind="number", time="admission", unit="mo", age=False,
                     loinc="30525-0")  # fmt: skip
    assert not is_age(months)
    with pytest.raises(ValueError, match=r"30525-0.*in 'mo'"):
        Feature.model_validate(months.model_dump() | {"age": None})


@pytest.mark.parametrize("name", NAMES)
def test_a_drafted_codebook_knows_an_age_under_any_header_and_keeps_none_over_89(name: str) -> None:
    table = table_of(name)
    codebook = parse_codebook(yaml_of(infer(Frame(table, "CSV file"), "t")), "t.yaml")
    feature = codebook.features[0]
    assert feature.age is True
    made = conform(table, codebook)
    assert made.of("structure") == ()
    assert made.table[feature.name].max() == 90
    case = make_case("p", [Entry(feature=feature.name, value=102.0)], codebook)
    assert case.value(feature.name) == 90
    assert shown_value(feature, 90.0) == "90+ years"


@pytest.mark.parametrize("name", ["stage", "dosage", "gestational age", "age (months)", "average", "bone age"])
def test_what_is_no_age_of_a_person_in_years_is_not_taken_for_one(name: str) -> None:
    unit = "mo" if "months" in name else ""
    assert not named_like_an_age(name, unit=unit)


def test_a_column_of_years_above_89_is_refused_until_somebody_says_what_it_is() -> None:
    codebook = codebook_of()
    table = pd.DataFrame({"years": ["40", "102"], "x": ["1", "2"]})
    (misfit,) = conform(table, codebook).of("structure")
    assert "'age: true'" in misfit.remedy
    assert "102" not in misfit.sentence()
    assert conform(table, codebook_of(", age: true")).table["years"].tolist() == [40, 90]
    assert conform(table, codebook_of(", age: false")).table["years"].tolist() == [40, 102]


def test_years_that_no_person_reaches_or_that_stay_below_90_are_not_asked_about() -> None:
    for high in ("1987", "60"):
        assert conform(pd.DataFrame({"years": ["40", high], "x": ["1", "2"]}), codebook_of()).of("structure") == ()


@pytest.mark.parametrize(("name", "unit", "old", "young"), [
    ("age_days", "d", "34310", "32000"), ("Alter in Wochen", "wk", "4800", "4600"),
    ("age_months", "mo", "1200", "1000"),
    ("birth_year", "a", "1928", "1950"), ("Geburtsjahr", "", "1928", "1950"), ("year_of_birth", "", "1928", "1950"),
])  # fmt: skip
def test_an_old_age_told_in_another_way_is_refused_until_somebody_says_what_it_is(
    name: str, unit: str, old: str, young: str
) -> None:
    def misfits(value: str, more: str = "") -> tuple[Misfit, ...]:
        codebook = codebook_of(f", column: {name}{more}", unit=unit)
        return conform(pd.DataFrame({name: [young, value], "x": ["1", "2"]}), codebook).of("structure")

    (found,) = misfits(old)
    assert "older than 89" in found.sentence()
    assert old not in found.sentence()
    assert misfits(young[:-1] + "1") == ()
    assert misfits(old, ", age: false") == ()


def test_an_older_codebook_that_says_nothing_is_read_by_its_words() -> None:
    feature = Feature(name="age_years", label="Age", section="A", kind="integer", time="admission", unit="a")
    assert is_age(feature)
    assert is_undecided(feature)
    assert top_coded_age(feature, 102.0) == 90.0
    assert not is_age(feature.model_copy(update={"age": False}))


def test_an_age_must_be_a_number_of_years() -> None:
    with pytest.raises(CodebookError, match="must be a number or integer in years"):
        parse_codebook(
            yaml_of(infer(Frame(table_of("Alter"), "CSV file"), "t")).replace('unit: "a"', 'unit: "mo"'), "t"
        )


def test_the_packaged_codebooks_keep_the_hash_that_adapters_and_calibrations_name() -> None:
    assert [packaged_codebook(name).content_hash[:16] for name in ("rhc", "ist")] == [
        "dfaca612d694e9c6",
        "538e464151546223",
    ]
    assert [f.name for f in packaged_codebook("rhc").features if is_age(f)] == ["age"]
