"""Evaluation and About show finished runs with n, interval and floors, and nothing where there is none."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from creason_core.cohort.registry import load_cohort
from creason_core.evaluation.baselines.engine import BaselineEngine
from creason_core.evaluation.run import Progress, Wanted, evaluate
from creason_core.evaluation.saved import read_run, save
from creason_core.model.engines.replay import Replay, scripted
from creason_core.question.vectorised.builder import Plan, build
from creason_core.question.vectorised.sampling import Sampling
from creason_core.settings import settings
from pages.question import second_opinion
from pages.server.services import services
from tests.pages.driver import Start, answer, goto, words

SILENT = Progress(lambda _total, _done: None, lambda _: None)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two finished runs on the same questions: the replies of the replay engine, and a baseline."""
    folder, cohort = tmp_path_factory.mktemp("runs"), load_cohort("rhc-sepsis")
    file = folder / "questions.parquet"
    build(Plan(cohort, "test", features=("sex", "crea1"), sampling=Sampling(balanced=True, limit=30)), file)
    wanted = Wanted(file, folder / "boosting", ("greedy", "logprob"), 1, 0.0, 50, 2)
    evaluate(wanted, BaselineEngine("boosting", cohort), cohort, folder, SILENT)
    replay = Replay(script=[scripted(r"So \boxed{A}")])
    evaluate(replace(wanted, folder=folder / "replayed", scorings=("greedy",)), replay, cohort, folder, SILENT)
    return folder


def keep(runs: Path, *names: str) -> None:
    for name in names:
        save(read_run(runs / name), settings().data_dir)


def told(app: AppTest) -> str:
    """Everything that the page says, tables drawn as HTML included."""
    return words(app) + "".join(str(element.proto.body) for element in app.get("html"))


def test_without_a_run_the_page_says_how_to_make_one(start: Start) -> None:
    shown = told(goto(start(), "evaluation"))
    assert "No evaluation has been finished" in shown
    assert "creason evaluate test.parquet" in shown


def test_a_run_is_shown_with_its_interval_and_its_floors(start: Start, runs: Path) -> None:
    app = start()
    keep(runs, "boosting")
    page = goto(app, "evaluation")
    shown = told(page)
    assert "is right on" in shown
    assert "gradient boosting on the values shown" in shown
    assert not page.warning


def test_about_shows_the_run_of_the_weights_that_answer_and_of_no_other(start: Start, runs: Path) -> None:
    app = start(answer("A"))
    keep(runs, "boosting")
    assert "Other models have been" in told(goto(app, "about"))
    keep(runs, "replayed")
    page = goto(app, "about")
    table = next(frame.value for frame in page.dataframe if "Who answers" in frame.value)
    assert table["Who answers"][0] == "This model (greedy)"
    assert {"chance", "gradient boosting on the values shown"} <= set(table["Who answers"])
    assert re.search(r"\d+ questions about \d+ held-out patients of rhc-sepsis", told(page))


def test_a_run_whose_folder_is_gone_is_still_shown(start: Start, runs: Path, tmp_path: Path) -> None:
    shutil.copytree(runs / "boosting", tmp_path / "moved")
    app = start()
    save(read_run(tmp_path / "moved"), settings().data_dir)
    shutil.rmtree(tmp_path / "moved")
    assert "is right on" in told(goto(app, "evaluation"))


def test_an_answer_says_where_boosting_was_right_more_often_on_enough_of_the_same_questions(
    start: Start, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(answer("A"))
    s, feature = services(), load_cohort("rhc-sepsis").codebook.feature("crea1")
    monkeypatch.setattr(second_opinion, "FEWEST", 10)
    assert second_opinion.boosting_ahead(s, s.engine.identity, feature) is None
    keep(runs, "replayed")
    found = second_opinion.boosting_ahead(s, s.engine.identity, feature)
    assert found is not None
    assert found.boosting > found.model
    assert second_opinion.boosting_ahead(s, replace(s.engine.identity, model="another"), feature) is None
    monkeypatch.setattr(second_opinion, "FEWEST", found.n + 1)
    assert second_opinion.boosting_ahead(s, s.engine.identity, feature) is None
