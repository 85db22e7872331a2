"""Turkish and Russian tables, and words of specimens in every language in which names of tests are known."""

import pytest

from creason_core.record.importing.columns.roles import guess
from creason_core.record.importing.columns.specimens import specimen
from creason_core.record.importing.suggesting import suggest
from tests.record.importing.tables import RHC, asked, drafted, read_inside, reviewed, table


@pytest.mark.parametrize(("column", "blood", "urine"), [
    ("Numune", "Serum", "İdrar"), ("Материал", "Сыворотка", "Моча"), ("Materiał", "Krew", "Mocz"),
    ("Vzorek", "Krev", "Moč"), ("検体", "血清", "尿"), ("标本", "血浆", "尿液"),
])  # fmt: skip
def test_urine_is_known_in_every_language_in_which_tests_are(column: str, blood: str, urine: str) -> None:
    rows = (f"1|Kreatinin|1.2|mg/dL|{blood}", f"2|Kreatinin|9.0|mg/dL|{urine}")
    found = reviewed(table(f"patient|test|value|unit|{column}", *rows))
    assert drafted(found) == [{"crea1": 1.2}]
    assert any(item.row == 3 and item.rule == "another specimen" for item in found.items)


@pytest.mark.parametrize(("text", "kind"), [
    ("артериальная кровь", "arterial"), ("Venöz kan", "venous"), ("动脉血", "arterial"), ("krew żylna", "venous"),
    ("капиллярная кровь", "capillary"), ("BOS", "cerebrospinal fluid"), ("ликвор", "cerebrospinal fluid"),
])  # fmt: skip
def test_vessels_and_fluids_are_known_in_further_languages(text: str, kind: str) -> None:
    assert specimen(text) == kind


TURKISH = """Hasta No;Yaş;Cinsiyet;Kreatinin (mg/dL);Sodyum;Üre;Lökosit (10^3/uL);Kreatinin, idrar;Ölüm
1;66;KADIN;1,2;139;40;12,1;84;Yok
2;71;Erkek;2,2;141;52;8,5;60;Var
"""
RUSSIAN = """Пациент;Тест;Результат;Ед. изм.;Дата
1;Креатинин;104;мкмоль/л;01.03.2024
1;Натрий;139;ммоль/л;01.03.2024
1;Креатинин мочи;9,1;ммоль/л;01.03.2024
2;Лейкоциты;12,1;10^9/л;02.03.2024
2;Калий;4,1;ммоль/л;02.03.2024
2;Гематокрит;31;%;02.03.2024
"""


def test_a_turkish_table_of_patients_is_read() -> None:
    found = reviewed(read_inside(TURKISH, "t.csv"))
    assert [(one["age"], one["sex"], one["crea1"], one["sod1"]) for one in drafted(found)] == [
        (66, "Female", 1.2, 139), (71, "Male", 2.2, 141),
    ]  # fmt: skip
    assert [one["wblc1"] for one in drafted(found)] == [12.1, 8.5]
    assert set(asked(found)) <= {"units", "identifiers"}


def test_a_russian_table_of_values_is_read() -> None:
    found = reviewed(read_inside(RUSSIAN, "r.csv"))
    assert drafted(found) == [{"crea1": 1.176, "sod1": 139}, {"wblc1": 12.1, "pot1": 4.1, "hema1": 31}]
    assert asked(found) == []
    columns = {item.column: item.role for item in suggest(read_inside(RUSSIAN, "r.csv"), RHC).columns}
    assert list(columns.values()) == ["patient", "name", "value", "unit", "time"]


@pytest.mark.parametrize("name", ["hasta", "Fecha hasta", "Hasta adı", "ADI", "Protokol", "история"])
def test_words_that_are_other_things_elsewhere_tell_no_patients(name: str) -> None:
    found = guess(name)
    assert found is None or found.role not in {"patient", "time", "name"}, found


def test_one_unknown_word_does_not_turn_a_wide_tables_specimens_off() -> None:
    rows = ("1|60|Serum|140", "2|70|Urine|20", "3|80|Gubble|30")
    found = reviewed(table("id|age|specimen|sodium", *rows))
    assert drafted(found) == [{"age": 60, "sod1": 140}, {"age": 70}, {"age": 80}]
    assert asked(found) == ["rejected"]
