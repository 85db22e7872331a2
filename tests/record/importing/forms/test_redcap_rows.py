"""Events of a REDCap project become one row a record, and no value of one event ever stands for another's."""

import pytest

from creason_core.errors import UploadError
from creason_core.record.importing.files.protocol import Table
from creason_core.record.importing.reading import read_pasted

HEAD = "record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,age,crea,death"


def read(*rows: str, event: str = "") -> Table:
    return read_pasted("\n".join((HEAD, *rows)), sheet=event)


def seen(table: Table) -> list[dict[str, str]]:
    return [{name: cell for name, cell in zip(table.columns, row.cells, strict=True) if cell} for row in table.rows]


TWO = ("1,baseline_arm_1,,,63,1.2,", "1,discharge_arm_1,,,,,1", "2,baseline_arm_2,,,64,1.4,", "2,discharge_arm_2,,,,,0")


def test_what_is_filled_in_one_event_keeps_its_name_in_every_arm() -> None:
    table = read(*TWO, event="discharge")
    assert seen(table) == [{"record_id": "1", "age": "63", "crea": "1.2", "death": "1"},
                           {"record_id": "2", "age": "64", "crea": "1.4", "death": "0"}]  # fmt: skip
    assert table.open == ()
    assert "2 REDCap events were put together" in table.notes[0]


def test_what_is_filled_only_later_than_the_event_that_counts_is_left_out_and_told() -> None:
    assert read(*TWO).open == ("baseline", "discharge")
    table = read(*TWO, event="baseline")
    assert seen(table) == [
        {"record_id": "1", "age": "63", "crea": "1.2"},
        {"record_id": "2", "age": "64", "crea": "1.4"},
    ]
    assert table.notes[-1].endswith("Filled only later than 'baseline', and left out: death of 'discharge'.")


def test_events_come_in_the_order_of_the_records_also_where_the_first_record_lacks_one() -> None:
    rows = ("1,day_3_arm_1,,,,2.4,", "2,baseline_arm_1,,,64,1.4,", "2,day_3_arm_1,,,,2.0,", "2,discharge_arm_1,,,,,1")
    assert read(*rows).open == ("baseline", "day_3", "discharge")
    assert "death" not in read(*rows, event="day_3").columns
    back = ("3,discharge_arm_1,,,,,1", "3,baseline_arm_1,,,60,1.0,")
    assert read(*rows, *back).open == ("day_3", "baseline", "discharge")


def test_no_event_is_asked_for_where_only_the_first_has_values() -> None:
    table = read("1,baseline_arm_1,,,63,1.2,", "1,discharge_arm_1,,,,,")
    assert (table.open, seen(table)) == ((), [{"record_id": "1", "age": "63", "crea": "1.2"}])


def test_of_what_is_filled_in_several_events_the_chosen_one_counts() -> None:
    """Also where no record has both: day 3 of one record is no baseline of another."""
    rows = ("1,baseline_arm_1,,,63,1.2,", "1,day_3_arm_1,,,,,", "2,baseline_arm_1,,,64,,", "2,day_3_arm_1,,,,2.4,")
    left_open = read(*rows)
    assert left_open.open == ("baseline", "day_3")
    assert [",".join(row.cells) for row in left_open.rows] == list(rows)
    table = read(*rows, event="baseline")
    assert seen(table) == [{"record_id": "1", "age": "63", "crea": "1.2"}, {"record_id": "2", "age": "64"}]
    assert "only the values of 'baseline' were taken" in table.notes[0]
    assert table.open == ()
    with pytest.raises(UploadError, match=r"no event 'day_4'\. It has: baseline, day_3"):
        read(*rows, event="day_4")


def test_instances_of_a_repeating_instrument_stay_rows() -> None:
    table = read("1,baseline_arm_1,,,63,,", "1,discharge_arm_1,,,,,0", "1,baseline_arm_1,labs,1,,1.2,",
                 "1,baseline_arm_1,labs,2,,1.4,", event="discharge")  # fmt: skip
    assert table.column("redcap_repeat_instance") == ["", "1", "2"]
    assert table.column("crea") == ["", "1.2", "1.4"]
    assert table.column("death") == ["0", "", ""]


@pytest.mark.parametrize("rows", [TWO[:1], (*TWO, TWO[0]), ("1,baseline_arm_1,,,63,1.2,", ",day_3_arm_1,,,,2.4,"),
                                  (*TWO, "1,,labs,1,,2.4,")])  # fmt: skip
def test_what_cannot_be_put_together_stays_as_it_is(rows: tuple[str, ...]) -> None:
    table = read(*rows)
    assert [",".join(row.cells) for row in table.rows] == list(rows)
    assert table.columns == tuple(HEAD.split(","))
