"""Beside an answer stands what the registry makes of the same values; hidden until then, drawn inert."""

import json
from html import unescape

import pytest
from streamlit.testing.v1 import AppTest

from creason_core.errors import EvaluationError
from creason_core.evaluation.second_opinion import SecondOpinion, Similar
from creason_core.evaluation.second_opinion import desk as desks
from creason_core.evaluation.second_opinion.opinion import second_opinion
from creason_core.question.confidence import count_votes
from creason_core.store.history import Filters, history_page
from pages.components.option_chart import Bar, described
from pages.components.second_opinion import Ahead, ahead_words, parting
from pages.server.services import services
from tests.pages.driver import Start, answer, goto, mask, open_case, run_to_end, until, words

BARS = tuple(Bar(letter, f"{place} mmHg", 0.25) for place, letter in enumerate("ABCD"))


def opinion(had: tuple[int | None, ...], boosting: tuple[float | None, ...], patients: int = 25) -> SecondOpinion:
    return SecondOpinion((0.25,) * 4, Similar(patients, had, ()), boosting, boosting, 30, 900)


def asked(app: AppTest, samples: int = 1) -> AppTest:
    """So many samples about the mean pressure, one's own answer skipped, looked at until the registry has answered."""
    mask(open_case(app))
    app.button(key="commit_skip").click().run()
    app.button(key=f"samples_{samples}").click().run()
    run_to_end(app)
    return until(app, lambda: "being asked for a second opinion" not in words(app))


def test_the_result_has_one_chart_of_model_similar_patients_boosting_and_base_rate(start: Start) -> None:
    app = start(answer("C"))
    mask(open_case(app))
    before = words(app)
    assert "similar patients" not in before
    assert "boosting" not in before.casefold()
    app = asked(start(answer("C")), samples=5)
    (chart,) = app.get("plotly_chart")
    drawn = json.loads(chart.proto.spec)["data"]
    assert [trace["name"] for trace in drawn] == [
        "Share of 5 samples, 95% interval", "Registry base rate", "Share of 25 similar patients", "Boosting",
    ]  # fmt: skip
    assert len({trace["marker"].get("symbol") for trace in drawn}) == 4
    assert "#FFFFFF" != drawn[1]["marker"]["color"] == drawn[1]["marker"]["line"]["color"]  # a line has no inside
    assert sum(drawn[3]["x"]) == pytest.approx(1)
    tables = [list(frame.value.columns) for frame in app.dataframe]
    assert any({"Samples", "Registry base rate", "Similar patients", "Boosting"} <= set(each) for each in tables)
    assert ["Value", "This patient", "Theirs (middle half)"] in tables


def test_one_sample_is_told_as_one_answer_without_a_share_or_an_interval(start: Start) -> None:
    app = asked(start(answer("C")))
    (chart,) = app.get("plotly_chart")
    drawn = json.loads(chart.proto.spec)["data"]
    assert [trace["name"] for trace in drawn] == ["Registry base rate", "Share of 25 similar patients", "Boosting"]
    labels = [label for label in map(unescape, drawn[0]["y"]) if "the model's answer" in label]
    assert [label.startswith("<b>C</b>") for label in labels] == [True]
    assert not any({"Samples", "Share, 95% interval"} & set(frame.value.columns) for frame in app.dataframe)
    assert described(BARS, count_votes([2], 4)).startswith("The options. A (0 mmHg, registry base rate 25%); B (")


def test_without_an_answer_of_the_model_the_table_has_the_registrys(start: Start) -> None:
    app = asked(start(answer("none")))
    assert "The model suggests no option; of 25 similar patients" in words(app)
    assert any("Boosting" in table.value.columns for table in app.table)


def test_a_failure_is_a_sentence_and_can_be_tried_again(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:

    def failing(*_: object, **__: object) -> SecondOpinion:
        raise EvaluationError("No training patient has *it*.")

    monkeypatch.setattr(desks, "second_opinion", failing)
    app = asked(start(answer("C")))
    assert "No second opinion from the registry: No training patient has *it*." in words(app)
    monkeypatch.setattr(desks, "second_opinion", second_opinion)
    app.button(key="opinion_again").click().run()
    until(app, lambda: "being asked" not in words(app))
    assert "No second opinion" not in words(app)


@pytest.mark.parametrize(("winner", "had", "boosting", "said"), [
    (2, (12, 3, 8, 2), (0.48, 0.1, 0.3, 0.12),
     "The model says C; of 25 similar patients 12 had A, and boosting gives A 48%."),
    (2, (2, 3, 18, 2), (0.1, 0.1, 0.7, 0.1), ""),
    (2, (2, 3, 18, 2), (0.5, 0.1, 0.3, 0.1),
     "The model says C; of 25 similar patients 18 had C, and boosting gives A 50%."),
    (2, (9, 9, 5, 2), (0.1, 0.1, 0.7, 0.1),
     "The model says C; of 25 similar patients 9 had A and 9 had B, and boosting gives C 70%."),
    (None, (12, 3, 8, 2), (0.48, 0.1, 0.3, 0.12),
     "The model suggests no option; of 25 similar patients 12 had A, and boosting gives A 48%."),
    (1, (0, 0, 0, 0), (0.6, 0.2, 0.2, None), "The model says B; boosting gives A 60%."),
    (0, (None, None, 4, 3), (0.6, 0.2, 0.1, 0.1),
     "The model says A; of 25 similar patients 4 had C, and boosting gives A 60%."),
    (2, (2, 12, 9, 2), (0.25, 0.25, 0.25, 0.25),
     "The model says C; of 25 similar patients 12 had B, and boosting favours no option."),
    (3, (2, 3, 18, 2), (0.452, 0.448, 0.1, 0.0),
     "The model says D; of 25 similar patients 18 had C, and boosting gives A and B 45% each."),
    (1, (2, 18, 3, 2), (0.4, 0.4, 0.1, 0.1), ""),
    (1, (0, 0, 0, 0), (0.25, 0.25, 0.25, 0.25), ""),
])  # fmt: skip
def test_where_they_part_one_sentence_says_so(
    winner: int | None, had: tuple[int | None, ...], boosting: tuple[float | None, ...], said: str
) -> None:
    assert parting(BARS, winner, opinion(had, boosting)) == said


def test_the_chart_in_words_tells_all_four() -> None:
    told = described(BARS, count_votes([2, 2], 4), opinion((12, 3, 8, None), (0.48, 0.1, 0.3, None)))
    assert "2 of 2 chose C (2 mmHg, registry base rate 25%, had by 8 of 25 similar patients, boosting 30%)" in told
    assert told.endswith("0 of 2 chose D (3 mmHg, registry base rate 25%).")


def test_the_anchor_says_that_boosting_is_right_more_often_and_only_then() -> None:
    told = ahead_words("Lactate", Ahead(0.41, 0.6, 120))
    assert told == (
        " It is less often right than boosting about Lactate: 41% against 60% of 120 questions about held-out patients."
    )
    assert ahead_words("Lactate", Ahead(0.6, 0.6, 120)) == ahead_words("Lactate", None) == ""


def test_history_shows_it_beside_the_answer_as_well(start: Start) -> None:
    app = goto(asked(start(answer("C"))), "history")
    s = services()
    app.session_state["history_chosen"] = tuple(item.id for item in history_page(s.db, s.user, Filters()).items)
    until(app.run(), lambda: "being asked" not in words(app))
    assert any("Similar patients" in frame.value.columns for frame in app.dataframe)
