"""Which of several values counts, by the codebook or a person; pairs are of one time, portions no amount of a day."""

import random
from statistics import median

import pytest

from creason_core.record.codebook import parse_codebook
from creason_core.record.importing.decisions import Decision, Decisions
from creason_core.record.importing.review.review import review
from creason_core.record.importing.suggesting import suggest
from tests.record.importing.over_time_truth import difference, read, written
from tests.record.importing.tables import RHC, asked, drafted, reviewed, stored, table

LONG = "patient|time|test|value|unit"
BOOK = parse_codebook(
    """
name: icu
version: 1
title: t
population: p
source: s
citation: c
sections: [Lab]
times: {0: at admission, 6: at 6 h}
features:
- {name: lactate, label: Lactate, section: Lab, kind: number, time: day1, unit: mmol/L, unit_label: mmol/L, decimals: 1,
   impossible: {low: 0, high: 40}, loinc: 2524-7, counts: highest}
- {name: urine, label: Urine portion, section: Lab, kind: number, time: day1, unit: mL, unit_label: mL, decimals: 0,
   impossible: {low: 0, high: 5000}, counts: sum}
- {name: meanbp, label: Mean arterial pressure, section: Lab, kind: number, time: day1, unit: 'mm[Hg]',
   unit_label: mmHg, decimals: 0, impossible: {low: 0, high: 300}, loinc: 8478-0, counts: lowest}
""",
    "icu.yaml",
)


def rows(*values: str) -> list[str]:
    return [f"1|2020-01-01 {value}" for value in values]


@pytest.mark.parametrize(("given", "expected"), [
    (rows("08:00|PaO2|80|mmHg", "08:00|FiO2|1.0|", "22:00|FiO2|0.4|"), {"pafi1": 80.0}),
    (rows("08:00|PaO2|60|mmHg", "08:00|FiO2|1.0|", "20:00|PaO2|180|mmHg", "22:00|FiO2|0.4|"), {"pafi1": 60.0}),
    (rows("08:00|SBP|70|mmHg", "08:00|DBP|40|mmHg", "20:00|SBP|130|mmHg"), {"meanbp1": 50.0}),
    (rows("08:00|SBP|70|mmHg", "08:00|DBP|40|mmHg", "20:00|SBP|130|mmHg", "20:00|DBP|70|mmHg"), {"meanbp1": 50.0}),
    (rows("08:00|PaO2|80|mmHg", "08:40|FiO2|0.5|", "08:10|FiO2|0.8|"), {"pafi1": 100.0}),
])  # fmt: skip
def test_a_formula_takes_two_values_of_one_time_and_then_the_worst_counts(
    given: list[str], expected: dict[str, float]
) -> None:
    assert stored(reviewed(table(LONG, *given))) == [expected]


@pytest.mark.parametrize("given", [
    rows("08:00|SBP|130|mmHg", "20:00|DBP|40|mmHg"), rows("08:00|PaO2|80|mmHg", "22:00|FiO2|0.4|"),
    rows("08:00|PaO2|80|mmHg", "08:00|FiO2|0.4|", "08:00|FiO2|1.0|"),
])  # fmt: skip
def test_what_was_never_together_gives_nothing(given: list[str]) -> None:
    assert drafted(reviewed(table(LONG, *given))) == []


@pytest.mark.parametrize(("names", "together"), [
    ("SBP|DBP", True), ("SBP day 1|DBP day 1", True), ("admission SBP|admission DBP", True), ("SBP|DBP first", True),
    ("SBP max|DBP min", False), ("SBP_max|DBP_max", False), ("SBP worst|DBP", False), ("SBP first|DBP last", False),
    ("Minimum SBP (mmHg)|DBP", False), ("SBP day 1|admission DBP", False),
])  # fmt: skip
def test_the_names_of_columns_tell_what_was_never_taken_together(names: str, together: bool) -> None:
    found = reviewed(table(f"patient|{names}", "1|130|40", "2|120|60"))
    assert drafted(found) == ([{"meanbp1": 70.0}, {"meanbp1": 80.0}] if together else [])


def test_without_times_only_what_can_be_meant_is_paired() -> None:
    assert drafted(reviewed(table("patient|test|value|unit", "1|PaO2|80|mmHg", "1|FiO2|0.4|"))) == [{"pafi1": 200.0}]
    assert drafted(reviewed(table("patient|test|value|unit", "1|PaO2|80|mmHg", "1|FiO2|0.4|", "1|FiO2|1.0|"))) == []
    wide = table("patient|PaO2 (mmHg)|FiO2", "1|80|1.0", "1|180|0.4")
    assert stored(reviewed(wide, ("repeats", "together"))) == [{"pafi1": 80.0}]


def test_the_report_tells_the_rule_that_was_applied_to_a_computed_value() -> None:
    given = rows("08:00|SBP|70|mmHg", "08:00|DBP|40|mmHg", "20:00|SBP|130|mmHg", "20:00|DBP|70|mmHg")
    items = reviewed(table(LONG, *given)).items
    assert next(item.rule for item in items if item.disposition == "computed") == (
        "diastolic + (systolic − diastolic) / 3, from values within 0.25 h of each other: the worst of 2 results counts"
    )
    left = {item.row: item.rule for item in items if item.disposition == "left out"}
    assert set(left.values()) == {"only goes into a computed value, and none was computed from it"}
    assert set(left) == {4, 5}


def test_no_better_result_takes_the_place_of_one_that_is_unusual_or_asked_about() -> None:
    later = ("20:00|SBP|130|mmHg", "20:00|DBP|70|mmHg")
    found = reviewed(table(LONG, *rows("08:00|SBP|52|mmHg", "08:00|DBP|20|mmHg", *later)))
    assert (asked(found), drafted(found)) == ([], [])
    assert any("Mean arterial pressure = 30.7 mmHg is unusual" in item.rule for item in found.items)
    found = reviewed(table(LONG, *rows("08:00|SBP|45|mmHg", "08:00|DBP|40|mmHg", *later)))
    assert (asked(found), drafted(found)) == (["confirm"], [])


def test_contradictions_are_looked_for_among_values_of_one_time() -> None:
    fits = rows("08:00|SBP|70|mmHg", "08:00|DBP|40|mmHg", "08:00|MAP|50|mmHg", "20:00|SBP|130|mmHg",
                "20:00|DBP|70|mmHg", "20:00|MAP|90|mmHg")  # fmt: skip
    assert stored(reviewed(table(LONG, *fits))) == [{"meanbp1": 50.0}]
    not_fits = [*fits[:2], "1|2020-01-01 08:00|MAP|75|mmHg", *fits[3:]]
    found = reviewed(table(LONG, *not_fits))
    assert asked(found) == ["contradiction"]
    assert found.questions[0].message == "Row 4: A mean arterial pressure of 75 does not fit 70/40 mmHg."
    crossed = reviewed(table(LONG, *rows("08:00|SBP|70|mmHg", "08:00|DBP|90|mmHg")))
    assert asked(crossed) == ["contradiction"]


@pytest.mark.parametrize("feature", ["Weight|50|kg|70", "Cancer|No||Metastatic"])
def test_where_no_value_is_worst_a_person_says_which_counts(feature: str) -> None:
    name, first, unit, last = feature.split("|")
    given = table(LONG, *rows(f"08:00|{name}|{first}|{unit}", f"09:00|{name}|{last}|{unit}"))
    found = reviewed(given)
    assert (asked(found), drafted(found)) == (["which"], [])
    by_answer = {
        answer: stored(reviewed(given, ("which", answer))) for answer in ("first", "last", "highest", "lowest")
    }
    assert by_answer["first"] == by_answer["lowest"] != by_answer["last"] == by_answer["highest"]


def test_the_same_value_again_is_no_question() -> None:
    given = table(LONG, *rows("08:00|Weight|70|kg", "09:00|Weight|70|kg", "08:00|age|63|", "09:00|age|63|"))
    assert stored(reviewed(given)) == [{"age": 63.0, "wtkilo1": 70.0}]


URINE = rows("01:00|Urine output|600|mL", "09:00|Urine output|450|mL", "23:00|Urine output|0.8|L")


def test_portions_of_a_days_urine_are_added_up_or_left_out_and_never_the_smallest() -> None:
    found = reviewed(table(LONG, *URINE))
    assert (asked(found), drafted(found)) == (["portions"], [])
    added = reviewed(table(LONG, *URINE), ("portions", "add up"))
    assert stored(added) == [{"urin1": 1850.0}]
    assert added.cases()[0].entries[0].provenance == "computed"
    assert any("the sum of 3 portions of the day, within 22 hours" in item.rule for item in added.items)
    assert drafted(reviewed(table(LONG, *URINE), ("portions", "leave out"))) == []


def test_portions_of_a_later_day_are_not_added() -> None:
    late = [*URINE, "1|2020-01-02 02:00|Urine output|900|mL"]
    assert stored(reviewed(table(LONG, *late), ("portions", "add up"))) == [{"urin1": 1850.0}]


def test_several_amounts_or_rates_of_a_day_have_no_worst() -> None:
    rates = table(LONG, *rows("08:00|Urine output|50|mL/h", "09:00|Urine output|20|mL/h"))
    assert asked(reviewed(rates)) == ["which"]
    unsaid = table("patient|time|urine output", *rows("08:00|50", "09:00|20"))
    assert asked(reviewed(unsaid)) == ["portions"]
    assert asked(reviewed(table("id|Urine output 6h (mL)", "1|300"))) == ["rejected"]


def test_values_are_kept_over_time_where_the_codebook_says_which_counts() -> None:
    given = table("stay_id|time (h)|test|value|unit", "1|0|Lactate|4.1|mmol/L", "1|6|Lactate|2.2|mmol/L",
                  "1|30|Lactate|1.1|mmol/L", "1|6|Lactate|2.9|mmol/L", "1|3|SBP|70|mmHg",
                  "1|3|DBP|40|mmHg")  # fmt: skip
    found = reviewed(given, codebook=BOOK)
    assert stored(found) == [{"lactate@0": 4.1, "lactate@6": 2.9, "lactate@30": 1.1, "meanbp@3": 50.0}]


def test_hours_since_admission_are_counted_from_the_first_time_only_when_somebody_says_so() -> None:
    given = table("stay_id|charttime|test|value|unit", "1|2150-01-01 08:00|Lactate|4.1|mmol/L",
                  "1|2150-01-01 14:00|Lactate|2.2|mmol/L")  # fmt: skip
    assert asked(reviewed(given, codebook=BOOK)) == ["origin"]
    assert stored(reviewed(given, ("origin", "first time"), codebook=BOOK)) == [{"lactate@0": 4.1, "lactate@6": 2.2}]
    admitted = table("stay_id|intime|charttime|lactate (mmol/L)", "1|2150-01-01 02:00|2150-01-01 08:00|4.1",
                     "1|2150-01-01 02:00|2150-01-01 14:00|2.2")  # fmt: skip
    assert stored(reviewed(admitted, codebook=BOOK)) == [{"lactate@6": 4.1, "lactate@12": 2.2}]


def test_without_times_the_codebook_says_which_value_counts() -> None:
    given = table("stay_id|test|value|unit", "1|Lactate|4.1|mmol/L", "1|Lactate|2.2|mmol/L", "1|Urine portion|100|mL",
                  "1|Urine portion|50|mL")  # fmt: skip
    assert stored(reviewed(given, codebook=BOOK)) == [{"lactate": 4.1, "urine": 150.0}]


def test_portions_of_one_size_are_never_one_without_a_word() -> None:
    untimed = table(
        "stay_id|test|value|unit", "1|Urine portion|50|mL", "1|Urine portion|50|mL", "2|Urine portion|70|mL"
    )
    found = reviewed(untimed, codebook=BOOK)
    assert (asked(found), drafted(found)) == (["portions"], [{"urine": 70.0}])
    by_answer = {way: stored(reviewed(untimed, ("portions", way), codebook=BOOK)) for way in ("add up", "once")}
    assert by_answer == {"add up": [{"urine": 100.0}, {"urine": 70.0}], "once": [{"urine": 50.0}, {"urine": 70.0}]}
    daily = reviewed(table(LONG, *URINE, URINE[0]))
    assert asked(daily) == ["portions"]
    assert "Row 5 says the same as another row of that patient and time." in daily.questions[0].message
    assert stored(reviewed(table(LONG, *URINE, URINE[0]), ("portions", "once"))) == [{"urin1": 1850.0}]
    assert stored(reviewed(table(LONG, *URINE, URINE[0]), ("portions", "add up"))) == [{"urin1": 2450.0}]
    hourly = table("patient|time|urine output", *rows("08:00|50", "09:00|50", "10:00|50"))
    assert asked(reviewed(hourly)) == ["portions"]


def test_portions_of_one_time_are_added_up() -> None:
    given = table("stay_id|time (h)|test|value|unit", "1|1|Urine portion|50|mL", "1|1|Urine portion|30|mL",
                  "1|6|Urine portion|20|mL")  # fmt: skip
    found = reviewed(given, codebook=BOOK)
    assert stored(found) == [{"urine@1": 80.0, "urine@6": 20.0}]
    assert [entry.provenance == "computed" for entry in found.cases()[0].entries] == [True, False]


def test_a_value_in_another_unit_is_worst_by_what_it_is_in_that_unit() -> None:
    given = table("patient|test|value|unit", "1|Creatinine|177|mg/dL", "1|Creatinine|3.5|mg/dL")
    decisions = Decisions(values=(Decision(feature="crea1", action="convert"),), identifiers_seen=True)
    mapping = suggest(given, RHC).model_copy(update={"repeats": "together"})
    found = review(given, mapping, decisions, RHC, import_id="i")
    assert stored(found) == [{"crea1": 3.5}]


def test_what_is_stored_of_tables_in_any_mix_of_forms_is_the_truth_or_was_asked() -> None:
    rng = random.Random(7)
    made = [written(rng) for _ in range(40)]
    results = [(one, *read(one)) for one in made]
    assert [said for one, found, _ in results if (said := difference(one, found))] == []
    assert sum(not found.questions for _, found, _ in results) > 32
    assert median(len(asked) for _, _, asked in results) <= 4
