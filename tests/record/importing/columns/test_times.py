"""Times: one instant in the forms of many systems, what a column decides, and what is left open."""

import pytest

from creason_core.record.importing.columns.times import TimesAs, read_times
from tests.record.importing.tables import asked, drafted, reviewed, stored, table

# 5 January 2020 at half past eight in the morning.
FIRST = [
    "2020-01-05 08:30", "2020-01-05T08:30:00", "2020-01-05T08:30:00Z", "2020-01-05T17:30:00+09:00",
    "20200105083000", "202001050830", "2020/01/05 8:30", "05.01.2020 08:30", "05.01.2020, 08:30 Uhr",
    "05-JAN-2020 08:30", "5 Jan 2020 08:30", "Jan 5, 2020 8:30 AM", "5. Januar 2020 08:30",
    "5 janv. 2020 08h30", "5 de enero de 2020 08:30", "2020년 1월 5일 08시 30분", "2020. 1. 5. 오전 8:30",
    "05JAN2020:08:30:00", "1578213000", "Sun, 5 Jan 2020 08:30:00",
]  # fmt: skip


@pytest.mark.parametrize("text", FIRST)
def test_one_instant_is_read_in_every_form(text: str) -> None:
    found = read_times([text], "time")
    assert (found.hours[text], found.absolute, found.options) == (438392.5, True, ())


@pytest.mark.parametrize(("texts", "hours"), [
    (["0 h", "+6h", "6h 30min", "90 min", "2 days 01:00:00"], [0, 6, 6.5, 1.5, 49]),
    (["00:00", "46:00", "08:30"], [0, 46, 8.5]), (["-00:30", "01:00"], [-0.5, 1]),
    (["Day 1", "Day 5"], [0, 96]), (["D0", "D2"], [0, 48]), (["Tag 1", "Tag 2"], [0, 24]),
    (["1일차", "3일차"], [0, 48]), (["5min", "1h 30m"], [1 / 12, 1.5]),
])  # fmt: skip
def test_times_since_admission_are_read_where_they_are_said(texts: list[str], hours: list[float]) -> None:
    found = read_times(texts, "when")
    assert [found.hours[text] for text in texts] == hours
    assert not found.absolute


@pytest.mark.parametrize(("name", "texts", "options"), [
    ("labresultoffset", ["516", "1133", "-20"], ("minutes", "hours", "days")),
    ("time", ["0,5", "96,5"], ("minutes", "hours", "days")),
    ("day", ["1", "5"], ("days", "day numbers")), ("day", ["-1", "1", "2"], ("days", "day numbers")),
    ("visit", ["Day -1", "Day 1", "Day 2"], ("days", "day numbers")),
    ("LBDY", ["0", "1", "2"], ("minutes", "hours", "days")),
    ("charttime", ["43831.3", "43835.3"], ("minutes", "hours", "Excel days")),
    ("time", ["1/2/2020", "1/5/2020"], ("day first", "month first")),
    ("time", ["01-02-20", "05-02-20"], ("day first", "month first", "year first")),
    ("time", ["08:00", "09:00"], ("since admission", "time of day")),
])  # fmt: skip
def test_what_a_column_leaves_open_is_asked(name: str, texts: list[str], options: tuple[TimesAs, ...]) -> None:
    found = read_times(texts, name)
    assert (found.options, found.hours) == (options, {})
    for option in options:
        assert not read_times(texts, name, option).options


@pytest.mark.parametrize("name", ["LBDY", "VSDY", "ADY", "LBSTDY", "AENDY"])
def test_study_days_of_cdisc_have_no_day_0(name: str) -> None:
    found = read_times(["-2", "-1", "1", "3"], name)
    assert (list(found.hours.values()), found.whole_days) == ([-48, -24, 0, 48], True)


def test_days_before_day_1_are_counted_as_it_is_said() -> None:
    texts = ["Day -1", "Day 1"]
    assert list(read_times(texts, "visit", "day numbers").hours.values()) == [-24, 0]
    assert list(read_times(texts, "visit", "days").hours.values()) == [-24, 24]


def test_a_study_day_is_a_time_of_its_value() -> None:
    found = reviewed(
        table("USUBJID|LBTEST|LBSTRESN|LBSTRESU|LBDY", "A|Creatinine|1.1|mg/dL|14", "B|Creatinine|1.4|mg/dL|1")
    )
    assert drafted(found) == [{"crea1": 1.4}]


def test_three_m_may_be_months_and_is_no_minutes() -> None:
    assert read_times(["0m", "3m", "6m"], "time").hours == {}


@pytest.mark.parametrize(("admission", "kept"), [("03/04/2021 08:00", []), ("13/04/2021 08:00", [139.0])])
def test_the_dates_of_admission_are_read_as_those_of_the_values(admission: str, kept: list[float]) -> None:
    given = table("pid|admission date|time|test|value|unit", f"1|{admission}|14/04/2021 06:00|Sodium|139|mmol/L")
    assert [row["sod1"] for row in drafted(reviewed(given))] == kept
    other = table("pid|admission date|time|test|value|unit", "1|03/04/2021|2021-04-14 08:00|Sodium|139|mmol/L")
    assert asked(reviewed(other)) == ["untimed"]


@pytest.mark.parametrize(("name", "texts", "hours"), [
    ("time_min", ["60", "90"], [1, 1.5]), ("Time (h)", ["0,5", "96,5"], [0.5, 96.5]), ("ICULOS", ["1", "2"], [1, 2]),
    ("day", ["0", "5"], [0, 120]), ("Minuten seit Aufnahme", ["1,440"], [24]),
])  # fmt: skip
def test_a_name_can_state_the_unit_of_bare_numbers(name: str, texts: list[str], hours: list[float]) -> None:
    assert list(read_times(texts, name).hours.values()) == hours


def test_the_whole_column_tells_the_order_of_day_and_month() -> None:
    assert (
        read_times(["1/5/2020", "1/15/2020"], "t").hours["1/5/2020"]
        == read_times(["2020-01-05"], "t").hours["2020-01-05"]
    )
    assert (
        read_times(["5/1/2020", "15/1/2020"], "t").hours["5/1/2020"]
        == read_times(["2020-01-05"], "t").hours["2020-01-05"]
    )
    both = read_times(["13/1/2020", "1/13/2020", "1/14/2020"], "t", "month first")
    assert both.unread == {"13/1/2020"}


def test_what_cannot_be_read_has_no_time() -> None:
    found = read_times(["2020-01-05 08:30", "later", "2020-13-45", "yesterday", "516"], "time")
    assert found.unread == {"later", "2020-13-45", "yesterday", "516"}
    assert read_times(["2020-01-05T08:30Z", "2020-01-05T09:30Z", "2020-01-05 08:30"], "t").unread == {
        "2020-01-05 08:30"
    }


def long(*times: str, name: str = "time") -> tuple[str, ...]:
    return (
        f"patient|{name}|test|value|unit",
        *(f"1|{at}|Creatinine|{value}|mg/dL" for at, value in zip(times, (0.9, 6.1), strict=True)),
    )


@pytest.mark.parametrize("times", [
    ("01.02.2020 08:00", "09.02.2020 08:00"), ("01-JAN-2020 08:00", "05-JAN-2020 08:00"),
    ("2020-01-01 08:00", "5 Jan 2020 08:00"), ("00:00", "46:00"), ("1577865600", "1578211200"), ("Day 1", "Day 2"),
    ("01.02.2020", "02.02.2020"), ("20200101", "20200102"), ("0 h", "25 h"), ("2020-02-28", "2020-02-29"),
])  # fmt: skip
def test_the_value_of_a_later_day_is_left_out_of_day_one(times: tuple[str, str]) -> None:
    found = reviewed(table(*long(*times)))
    assert stored(found) == [{"crea1": 0.9}]
    assert any(
        "after" in item.rule or "later day" in item.rule for item in found.items if item.disposition == "left out"
    )


def test_a_time_that_is_open_or_unread_is_one_question_and_never_day_one() -> None:
    us = table(*long("1/1/2020 8:00:00 AM", "1/5/2020 8:00:00 AM"))
    assert asked(reviewed(us)) == ["times"]
    assert stored(reviewed(us, ("times", "month first"))) == [{"crea1": 0.9}]
    offsets = table(*long("516", "2133", name="labresultoffset"))
    assert asked(reviewed(offsets)) == ["times"]
    assert stored(reviewed(offsets, ("times", "minutes"))) == [{"crea1": 0.9}]
    unread = table(*long("2020-01-01 08:00", "soon after"))
    found = reviewed(unread)
    assert asked(found) == ["untimed"]
    assert "row 3 ('soon after')" in found.questions[0].message
    assert drafted(found) == [{"crea1": 0.9}]
    assert stored(reviewed(unread, ("untimed", "day 1"))) == [{"crea1": 6.1}]


def test_several_values_of_day_one_need_a_time_or_a_word() -> None:
    given = table("patient|wann|test|value|unit", "1|0|Creatinine|0.9|mg/dL", "1|90|Creatinine|6.1|mg/dL")
    found = reviewed(given)
    assert asked(found) == ["repeats"]
    assert [option for option, _ in found.questions[0].options] == ["time:wann", "together"]
    assert stored(reviewed(given, ("repeats", "together"))) == [{"crea1": 6.1}]
    assert stored(reviewed(given, ("repeats", "time:wann"), ("times", "hours"))) == [{"crea1": 0.9}]


def test_the_only_dates_that_differ_within_a_patient_are_times_by_any_name() -> None:
    rows = ("1|1951-03-12|2020-01-01 08:00|Creatinine|0.9|mg/dL", "1|1951-03-12|2020-01-05 08:00|Creatinine|6.1|mg/dL")
    assert stored(reviewed(table("patient|geboren|wann|test|value|unit", *rows))) == [{"crea1": 0.9}]


def test_dates_of_patients_with_one_time_each_are_not_asked_about() -> None:
    assert asked(reviewed(table("patient|date|sodium", "1|1/2/2020|140", "2|3/4/2020|130"))) == []


def test_a_column_of_other_times_can_be_said_to_be_none_of_these_values() -> None:
    follow_up = table("id|time|sodium", "1|200|140", "2|95|128")
    assert asked(reviewed(follow_up)) == ["times"]
    assert [values["sod1"] for values in stored(reviewed(follow_up, ("times", "none")))] == [140.0, 128.0]


def test_values_before_admission_are_none_of_day_one() -> None:
    given = table("stay_id|offset_min|heartrate", "1|-30|150", "1|5|97", "1|1500|160")
    assert stored(reviewed(given)) == [{"hrt1": 97.0}]


def test_day_one_begins_at_admission_where_the_table_has_it() -> None:
    given = table("stay_id|intime|charttime|heart_rate", "1|2150-01-01 08:00|2150-01-02 09:00|150",
                  "1|2150-01-01 08:00|2150-01-02 07:00|97")  # fmt: skip
    assert stored(reviewed(given)) == [{"hrt1": 97.0}]
    days = table(
        "stay_id|intime|date|heart_rate", "1|2150-01-01 15:00|2150-01-01|150", "1|2150-01-01 15:00|2150-01-02|97"
    )
    assert stored(reviewed(days)) == [{"hrt1": 150.0}]
    lacking = table("stay_id|intime|charttime|heart_rate", "1|2150-01-01 08:00|2150-01-01 09:00|150",
                    "2||2150-01-02 07:00|97")  # fmt: skip
    assert asked(reviewed(lacking)) == ["untimed"]
