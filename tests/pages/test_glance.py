"""At a glance: strips beside the values and one figure of the record; nothing that a question hides is in either."""

import csv
import json
import random
import re
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from creason_core.cohort.loading import load_cohort
from creason_core.cohort.standing import registry, standing_words
from creason_core.principal import Principal
from creason_core.question.masked_value import visible_entries
from creason_core.record.feature import Feature, Range
from creason_core.store.history import Filters, history_page
from creason_core.store.records import group_records
from pages.components import glance, glance_chart
from pages.components.glance import Glance, described, outside_by_section
from pages.components.glance_chart import GlanceLine
from pages.components.strip import strip
from pages.record import glancing
from pages.record.glancing import glance_of
from pages.runs.history_actions import export_file
from pages.server.services import services
from tests.pages.driver import Start, answer, goto, mask, open_case, run_to_end, words

FOLD = "glance_fold_mask"
_STRIP = re.compile(r"!\[(.*)\]\(data:image/svg\+xml;base64,([^)]*)\)")


def labels(app: AppTest) -> dict[str, str]:
    """What the list of values says of each feature."""
    return {str(one.key).removeprefix("mask_"): str(one.label).replace("\\", "") for one in app.button
            if str(one.key).startswith("mask_")}  # fmt: skip


def figure(app: AppTest) -> tuple[list[dict[str, Any]], str]:
    """The figure's traces, and everything that it, its words and its table say."""
    (chart,) = app.get("plotly_chart")
    tables = [frame.value.to_csv() for frame in app.dataframe]
    traces: list[dict[str, Any]] = json.loads(chart.proto.spec)["data"]
    return traces, "\n".join([str(chart.proto), words(app), *tables])


def test_each_value_that_is_shown_has_a_strip_and_the_same_in_words(start: Start) -> None:
    told = labels(open_case(start()))
    found = _STRIP.search(told["crea1"])
    assert found
    assert found[1] == "above the reference range, higher than 51% of the registry's 1,504 training patients"
    svg = b64decode(found[2]).decode()
    assert svg.count("<circle") == 1
    assert "text" not in svg
    share = _STRIP.search(told["sex"])
    assert share
    assert share[1] == "as in 45% of the registry's 1,513 training patients"
    assert "creatinine" not in found[1].casefold()


def test_what_is_hidden_has_no_strip_and_no_words_and_the_others_keep_theirs(start: Start) -> None:
    app = open_case(start())
    before = labels(app)
    app = mask(app)
    app.multiselect[0].set_value(["crea1"]).run()
    after = labels(app)
    hidden = {name for name, label in after.items() if "hidden" in label.partition("**")[2]}
    assert {"meanbp1", "aps1", "crea1"} <= hidden
    for name in hidden:
        assert not _STRIP.search(after[name])
        (button,) = [one for one in app.button if one.key == f"mask_{name}"]
        assert "training patients" not in str(button.help)
        assert "reference range" not in str(button.help)
    assert {name: before[name] for name in after if name not in hidden} == {
        name: label for name, label in after.items() if name not in hidden
    }


def test_patient_opens_with_every_value_at_its_quantile_and_says_what_is_outside_and_missing(start: Start) -> None:
    app = goto(open_case(start()), "patient")
    (_, marks), said = figure(app)
    drawn = {text.partition("</b>")[0].removeprefix("<b>"): x for text, x in zip(
        marks["customdata"], marks["x"], strict=True)}  # fmt: skip
    training = load_cohort("rhc-sepsis").training["crea1"]
    values = [float(one) for one in training if one == one and one != 1.01]  # a filled normal
    by_hand = sum(one < 2.1 for one in values) + sum(one == 2.1 for one in values) / 2
    assert drawn["Creatinine"] == pytest.approx(100 * by_hand / len(values), abs=0.01)
    assert "Mean arterial pressure" in drawn
    assert "Sex" not in drawn  # it has no order
    assert "Sex,Female,–" in said
    assert "Creatinine 2.1 mg/dL ↑" in said
    assert "Not recorded: Urine output." in said.replace("**", "")
    assert "Death" not in said  # an outcome
    assert "Race" not in drawn


def test_what_an_open_question_hides_is_in_no_figure(start: Start) -> None:
    app = mask(open_case(start()))
    app.multiselect[0].set_value(["crea1"]).run()
    assert not app.get("plotly_chart")  # folded
    app.session_state[FOLD] = True
    app.run()
    for page in (None, "patient"):
        (_, marks), said = figure(goto(app, page) if page else app)
        assert "Left out while a question about this patient is open" in said
        drawn = " ".join(marks["customdata"])
        assert "Heart rate" in drawn
        for gone in ("Mean arterial pressure", "Creatinine", "APACHE"):
            assert gone not in drawn
        for gone in ("Creatinine 2.1", "2.1 mg/dL", "Mean arterial pressure 37", "physiology score 78"):
            assert gone not in said


def test_a_point_opens_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen: list[int] = []
    for points in ([{"point_index": 3}], []):
        monkeypatch.setattr(st, "session_state", {"figure": {"selection": {"points": points}}})
        glance_chart._chosen("figure", chosen.append)
    assert chosen == [3]


def line(number: int, *, feature: str = "", place: float | None = None, far: bool = False) -> GlanceLine:
    name = feature or f"value_{number}"
    stands = random.Random(number).random() if place is None else place
    return GlanceLine(
        name, f"System {number // 50}", f"Value number {number}", "1", "", stands, "high" if far else "", ""
    )


def test_two_hundred_values_stand_in_rows_where_no_marks_meet() -> None:
    lines = [line(number, far=number % 5 == 0) for number in range(200)]
    named = [bool(one.direction) for one in lines]
    rows, titles, count = glance_chart.laid_out(lines, named)
    assert [*titles] == [f"System {number}" for number in range(4)]
    assert count < 100
    for row in set(rows):
        xs = sorted(100 * (one.place or 0) for one, at in zip(lines, rows, strict=True) if at == row)
        assert all(after - before >= glance_chart.APART - 1e-9 for before, after in pairwise(xs))
    assert not set(rows) & set(titles.values())


def test_a_codebook_without_reference_ranges_is_not_said_to_have_all_within(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(st, "markdown", said.append)
    monkeypatch.setattr(st, "caption", said.append)
    glance._outside([line(0), line(1)])
    glance._outside([replace(line(0), has_range=True), line(1)])
    assert said == [
        "The codebook has a reference range for none of these values.",
        "**Nothing is outside its reference range**, of 1 that have one.",
    ]


def test_values_over_time_share_a_row_and_are_joined_in_order() -> None:
    lines = [line(0, feature="lactate", place=place, far=place > 0.8) for place in (0.9, 0.95, 0.4)] + [line(1)]
    rows, _, _ = glance_chart.laid_out(lines, [True] * 4)
    joined = glance_chart._joined(lines, rows)
    assert list(joined.x) == [90, 95, 40, None]
    assert len(set(rows[:3])) == 1
    assert rows[3] not in {rows[0], rows[0] - 1}  # the row above is its name's


def test_words_name_what_is_outside_by_section() -> None:
    lines = (line(0), line(1, far=True), line(60, far=True), line(61))
    assert outside_by_section(lines) == (("System 0", "Value number 1 1 ↑"), ("System 1", "Value number 60 1 ↑"))
    assert "none" in described(Glance((line(0),), (), ()))


@pytest.mark.parametrize("value", [-5.0, 0.0, 1.5, 900.0])
@pytest.mark.parametrize("limits", [None, Range(low=1), Range(high=2), Range(low=1, high=2)])
def test_a_strip_is_drawn_whatever_the_range_and_however_far_the_value(value: float, limits: Range | None) -> None:
    feature = Feature(name="x", label="X", section="S", kind="number", time="day1", reference=limits)
    cohort = load_cohort("rhc-sepsis")
    found = registry(cohort).standing("crea1", value, "somebody else")
    drawn = _STRIP.search(strip(feature, value, found))
    assert drawn
    svg = b64decode(drawn[2]).decode()
    assert "nan" not in svg
    assert svg.count("#2F7DD1") + svg.count("#D9660B") == 1
    assert ("#D9660B" in svg) == (limits is not None and not limits.contains(value))
    assert ("reference range" in standing_words(feature, value, found)) == (limits is not None)
    assert strip(feature, value, None) == ""


def test_who_has_a_draft_comes_back_to_the_fields_and_others_to_the_glance(start: Start) -> None:
    app = goto(open_case(start()), "patient")
    assert app.get("plotly_chart")
    app.button(key="copy").click().run()
    assert app.number_input
    again = goto(open_case(start()), "patient")
    assert again.number_input
    assert not again.get("plotly_chart")


def test_a_points_value_is_searched_among_the_fields(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Callable[[str], None]] = []
    monkeypatch.setattr(glancing, "at_a_glance", lambda _found, _key, on_choose: opened.append(on_choose))
    app = goto(open_case(start()), "patient")
    state: dict[str, object] = {}
    monkeypatch.setattr(st, "session_state", state)
    opened[-1]("crea1")
    assert state == {"patient_tab": "Enter", "enter_search": "Creatinine", "enter_only": []}
    assert not app.exception


def test_an_export_tells_the_glance_of_the_values_that_the_question_shows_and_of_no_other(start: Start) -> None:
    app = mask(open_case(start(answer("C"))))
    app.button(key="commit_skip").click().run()
    run_to_end(app)
    s = services()
    (item,) = history_page(s.db, s.user, Filters()).items
    (record,) = group_records(s.db, s.user, [item.id])
    codebook = s.codebooks.of(record.question)
    seen = {entry.name for entry in visible_entries(record.version.case, record.question, codebook)}
    lines = glance_of(s, record.version, seen).lines
    sent = export_file(Principal(s.user), [item.id], s.codebooks, "json")
    (told,) = json.loads(sent)["groups"]
    assert [(one["value"], one["place"], one["words"]) for one in told["at_a_glance"]] == [
        (line.label, line.place, line.words) for line in lines
    ]
    assert any(line.place is not None for line in lines)
    text = export_file(Principal(s.user), [item.id], s.codebooks, "md").decode()
    glance = text.split("### The values shown, at a glance")[1].split("###")[0]
    assert "  - `Temperature: 40.0 °C` – `above the reference range, higher than " in glance
    assert "Mean arterial pressure" not in glance
    picture = _STRIP.search(glance)
    assert picture
    svg = b64decode(picture[2]).decode()
    names = {line.label for line in lines if line.place is not None}
    assert names == {
        one.text for one in ElementTree.fromstring(svg).iter() if one.text in {line.label for line in lines}
    }
    assert "Mean arterial pressure" not in svg
    (row,) = csv.DictReader(
        export_file(Principal(s.user), [item.id], s.codebooks, "csv").decode("utf-8-sig").splitlines()
    )
    assert "; Temperature: 40.0 °C – above the reference range, higher than " in row["at_a_glance"]
    assert "Mean arterial pressure" not in row["at_a_glance"]


def test_an_export_tells_no_value_that_another_open_question_hides(start: Start) -> None:
    app = open_case(start(answer("C")))
    for feature in ("meanbp1", "crea1"):
        app = mask(app, feature)
        if any(button.key == "commit_skip" for button in app.button):
            app.button(key="commit_skip").click().run()
        app = run_to_end(app)
        app.button(key="choose_another").click().run()
    s = services()
    ids = [item.id for item in history_page(s.db, s.user, Filters()).items]
    for told in json.loads(export_file(Principal(s.user), ids, s.codebooks, "json"))["groups"]:
        names = {one["value"] for one in told["at_a_glance"]}
        assert names.isdisjoint({"Mean arterial pressure", "Creatinine"})
        assert "Temperature" in names
