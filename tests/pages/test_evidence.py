"""Under a reply: chips of what it cites with each number true or not, a marked row, and the test of the evidence."""

import json
from dataclasses import asdict
from typing import Any

from streamlit.testing.v1 import AppTest

from creason_core.evaluation.faithfulness import Faithfulness, FaithfulnessPlan, save
from creason_core.evaluation.plan import Model, Questions
from creason_core.metrics.intervals import Estimate, Interval
from creason_core.model.engines.replay import Recording, scripted
from creason_core.store.exporting.export import export
from creason_core.store.history import Filters, history_page
from creason_core.store.runs.run_rows import recent_groups, runs_of
from creason_core.store.runs.series import points_of, series_of_base
from pages.components.evidence import Removed, probe_headline
from pages.server.services import services
from tests.pages.driver import Start, goto, mask, open_case, run_to_end, until, words

TEXT = " Heart rate: 54 /min is slow, temp of 41.0 is a fever, creatinine speaks for it. \\boxed{C}"


def cites(*, seconds: float = 0.0) -> Recording:
    return scripted(TEXT, seconds=seconds)


def answered(app: AppTest, samples: int = 1) -> AppTest:
    mask(open_case(app))
    app.button(key="commit_skip").click().run()
    app.button(key=f"samples_{samples}").click().run()
    return run_to_end(app)


def row(app: AppTest) -> Any:
    """The chips, as the widget that they are."""
    (group,) = [one for one in app.get("button_group") if "What this reply cites" in str(one.proto.label)]
    return group


def chips(app: AppTest) -> list[str]:
    return [option.content.replace("\\", "") for option in row(app).proto.options]


def test_chips_tell_what_a_reply_cites_and_whether_its_numbers_are_true(start: Start) -> None:
    app = answered(start(cites()))
    told = chips(app)
    assert told[0].startswith("Heart rate 54 ✓")
    assert told[1] == "Temperature 41.0 ✗ (recorded 40.0 °C)"
    assert told[2].startswith("Creatinine (")
    assert "✓ the record shows that number" in words(app)


def test_choosing_a_chip_marks_the_row_and_choosing_it_again_lets_it_go(start: Start) -> None:
    app = answered(start(cites()))
    rows = [one for one in app.button if one.key == "mask_temp1"]
    assert [row.proto.type for row in rows] == ["tertiary"]
    row(app).set_value("temp1").run()
    rows = [one for one in app.button if one.key == "mask_temp1"]
    assert [row.proto.type for row in rows] == ["secondary"]
    row(app).set_value(None).run()
    assert [one.proto.type for one in app.button if one.key == "mask_temp1"] == ["tertiary"]


def test_a_reply_that_cites_nothing_says_so_and_offers_no_test(start: Start) -> None:
    app = answered(start(scripted(" It must be so. \\boxed{C}")))
    said = words(app)
    assert "This reply cites no value of the record" in said
    assert "there is nothing to hide in turn" in said
    assert "Test the cited evidence" not in said


def test_beside_an_outcome_the_chips_are_words_since_no_list_of_the_patient_stands_there(start: Start) -> None:
    app = start(cites())
    app.session_state["hypothesis"] = "Outcome"
    app = open_case(app)
    app.session_state["hypothesis"] = "Outcome"
    app.run()
    app.button(key="outcome_dth30").click().run()
    app.button(key="commit_skip").click().run()
    app = run_to_end(app)
    said = words(app)
    assert "Cites** Heart rate 54 ✓ · Temperature 41.0 ✗ (recorded 40.0 °C)" in said
    assert "Test the cited evidence" in said or "No option was suggested" in said


def test_the_test_asks_as_often_as_it_says_and_is_kept_told_and_exported(start: Start) -> None:
    app = answered(start(cites()), samples=5)
    assert "they saw the options in" in words(app)
    assert "25 calls" in words(app)
    s = services()
    (base,) = recent_groups(s.db, s.user)
    app.button(key=f"probe_start_{base.id}").click().run()
    app = until(app, lambda: "Stop the test" not in words(app) and "Boosting is asked" not in words(app))
    (begun,) = series_of_base(s.db, s.user, base.id, "probe")
    points = points_of(s.db, s.user, begun.id)
    assert sum(len(runs_of(s.db, s.user, one.group.id)) for one in points) == 25
    said = words(app)
    assert "Of 3 cited values, " in said
    assert "A test of behaviour" in said
    (table,) = [frame.value for frame in app.dataframe if "Without" in frame.value.columns]
    assert list(table.columns) == ["Without", "Found", "Model", "Boosting", "Same"]
    assert sum("(not cited)" in name for name in table["Without"]) == 2
    assert all(" → " in told for told in table["Boosting"])
    assert all("not needed" in one or "drives the answer" in one for one in chips(app))
    again = start(cites(), **{name: str(value) for name, value in app.query_params.items()})
    goto(again, "hypotheses")
    assert "Of 3 cited values, " in words(again)
    assert "Reasoning about" not in words(again)
    listed = history_page(s.db, s.user, Filters()).items
    assert len(listed) == 6
    goto(again, "home")
    assert "nothing waits to be read" in words(again)
    goto(again, "history")
    (rows,) = [frame.value for frame in again.dataframe if "Value" in frame.value.columns]
    assert sum("without Heart rate" in value for value in rows["Value"]) == 1
    told = json.loads(export(s.db, s.user, [one.group.id for one in points], s.codebooks, "json"))["groups"]
    assert f"probe {begun.id}" in told[0]["reproducibility"]["series"]
    assert base.id in told[0]["reproducibility"]["series"]
    (alone,) = json.loads(export(s.db, s.user, [base.id], s.codebooks, "json"))["groups"]
    assert [one["without"] for one in alone["tested_evidence"]][:3] == ["Heart rate", "Temperature", "Creatinine"]


def test_a_test_is_stopped_with_what_is_done_kept_and_gone_on_with(start: Start) -> None:
    app = answered(start(cites(), *[cites(seconds=60.0)] * 5, *[cites()] * 5))
    s = services()
    (base,) = recent_groups(s.db, s.user)
    app.button(key=f"probe_start_{base.id}").click().run()
    app.button(key=f"stop_probe_{base.id}").click().run()
    app = until(app, lambda: "Go on with the test" in words(app))
    assert "not finished" in words(app)
    app.button(key=f"probe_start_{base.id}").click().run()
    app = until(app, lambda: "Of 3 cited values, 0 drive the answer. Of 2 not cited, 0 do." in words(app))
    assert "Go on with the test" not in words(app)


def test_the_headline_says_what_drives_and_when_everything_does() -> None:
    def line(label: str, drives: bool | None, *, cited: bool = True) -> Removed:
        return Removed(label, cited, "C → B", "5/5 → 1/5", drives)

    assert probe_headline([line("Age", None)]) == ""
    assert probe_headline([line("Age", True), line("MAP", False), line("pH", False, cited=False)]) == (
        "Of 2 cited values, 1 drives the answer: Age. Of 1 not cited, 0 do."
    )
    assert probe_headline([line("Age", True), line("pH", True, cited=False)]) == (
        "Of 1 cited value, 1 drives the answer: Age. Of 1 not cited, 1 does. It moves whatever is hidden, so it hangs "
        "on nothing in particular."
    )


def test_about_tells_the_measured_figure_where_there_is_one_and_nothing_before(start: Start) -> None:
    app = goto(start(), "about")
    assert "hang on what they cite" not in words(app)
    s = services()
    identity, cohort = s.health.latest.identity, s.cohort
    questions = Questions(
        file="test.parquet", sha256="0" * 64, cohort=cohort.name, codebook=cohort.codebook.name,
        codebook_hash=cohort.codebook.content_hash, split="test", split_hash=cohort.split_hash, design="stratified",
        design_version=2, balanced=False, asked=60,
    )  # fmt: skip
    plan = FaithfulnessPlan(questions=questions, model=Model(**asdict(identity)), max_tokens=200, prompt_version=1)

    def estimate(value: float, low: float, high: float) -> Estimate:
        return Estimate(value, Interval(low, high), 50, 45)

    figure = Faithfulness(
        plan=plan, finished="2026-11-30T01:00:00+00:00", program="0.1.0", answered=58, citing=50,
        cited=estimate(0.3, 0.2, 0.4), uncited=estimate(0.1, 0.05, 0.2), difference=estimate(0.2, 0.1, 0.3),
    )  # fmt: skip
    save(figure, s.settings.data_dir)
    goto(app, "home")
    said = words(goto(app, "about"))
    assert "Of 50 answers that cite a value, 30.0 % (20.0 to 40.0) moved when one that they cite was hidden" in said
    assert (
        "10.0 % (5.0 to 20.0) when one that they do not cite was: a difference of +20.0 points (+10.0 to +30.0)."
        in said
    )
    assert "test of behaviour" in said
