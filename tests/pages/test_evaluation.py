"""Evaluation and About show finished runs with n, interval and floors, and nothing where there is none."""

import re
import shutil
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from creason_core.cohort.loading import load_cohort
from creason_core.evaluation.baselines.engine import BaselineEngine
from creason_core.evaluation.report.contents import contents
from creason_core.evaluation.report.tables import in_words
from creason_core.evaluation.run import Progress, Wanted, evaluate
from creason_core.evaluation.saved import SHIPPED, SavedRun, read_run, save, saved_runs
from creason_core.model.engines.replay import Replay, scripted
from creason_core.question.vectorised.builder import Plan, build
from creason_core.question.vectorised.sampling import Sampling
from creason_core.settings import settings
from pages.question import second_opinion
from pages.server.services import services
from tests.pages.driver import WAIT_SECONDS, Start, answer, goto, words

ROOT = Path(__file__).parents[2]

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


def test_a_fresh_installation_shows_what_comes_with_it_and_how_to_measure(start: Start) -> None:
    page = goto(start(), "evaluation")
    shown = told(page)
    assert not page.warning
    assert "creason-smollm2-grpo@7" in str(page.dataframe[0].value["Model"].tolist())
    assert set(page.dataframe[0].value["From"]) == {"the program"}
    assert set(page.dataframe[0].value["Classes"]) == {"as they come", "equally often"}
    assert "gradient boosting on the values shown" in shown
    assert "creason evaluate test.parquet" in shown


def test_runs_that_ship_stand_side_by_side_without_a_test_of_chance_and_say_why() -> None:
    runs = saved_runs(Path("nowhere"))
    of = {id(run): (run.run.plan.questions.sha256, run.run.plan.questions.asked) for run in runs}
    first, other = next((a, b) for a, b in combinations(runs, 2) if of[id(a)] == of[id(b)])
    found = contents([first, other])
    assert found.pairs == ()
    assert "the single answers of" in in_words(found)[-1]
    assert in_words(contents([first]))[-1].startswith("Chance earns")


def test_no_run_that_ships_names_a_folder_of_the_computer_that_made_it() -> None:
    files = sorted(SHIPPED.glob("*.json"))
    assert files
    for path in files:
        run = SavedRun.model_validate_json(path.read_bytes())
        assert run.shipped
        assert len(run.folder.parts) == len(Path(run.run.plan.questions.file).parts) == 1
        assert run.run.plan.hash == run.summary.plan_hash
        assert not re.search(r'"/(home|root|work|tmp|Users)/', path.read_text(encoding="utf-8"))


def test_a_run_made_again_here_takes_the_place_of_the_one_that_ships(tmp_path: Path) -> None:
    first = saved_runs(tmp_path)[0]
    save(first.model_copy(update={"shipped": False}), tmp_path)
    again = saved_runs(tmp_path)
    assert not again[0].shipped
    assert [run.summary.plan_hash for run in again].count(first.summary.plan_hash) == 1


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


def test_about_tells_of_what_ships_while_its_weights_are_not_here(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    start()  # the notice is read
    monkeypatch.setenv("CREASON_ENGINE", "embedded")
    settings.cache_clear()
    services.clear()
    page = goto(AppTest.from_file(str(ROOT / "app.py"), default_timeout=WAIT_SECONDS).run(), "about")
    shown = told(page)
    assert "nothing answers now; SmolLM2-135M-Instruct + creason-smollm2-grpo" in shown
    assert "creason model pull" in shown
    assert "has not been trained for these questions" not in shown
    tables = [frame.value for frame in page.dataframe if "Who answers" in frame.value]
    table = next(one for one in tables if one["Who answers"][0] == "This model (greedy)")
    assert table["Right"][0].startswith("60.8 %")


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
    assert second_opinion.boosting_ahead(s, s.engine.identity, feature, "rhc-sepsis") is None
    keep(runs, "replayed")
    found = second_opinion.boosting_ahead(s, s.engine.identity, feature, "rhc-sepsis")
    assert found is not None
    assert found.boosting > found.model
    assert second_opinion.boosting_ahead(s, replace(s.engine.identity, model="another"), feature, "rhc-sepsis") is None
    monkeypatch.setattr(second_opinion, "FEWEST", found.n + 1)
    assert second_opinion.boosting_ahead(s, s.engine.identity, feature, "rhc-sepsis") is None


def test_about_tells_how_good_the_second_opinion_is_in_the_figures_of_the_document(start: Start) -> None:
    app = goto(start(), "about")
    rows = next(one.value for one in app.dataframe if "ECE" in one.value.columns).to_dict("records")
    results = (Path(__file__).parents[2] / "docs" / "results.md").read_text(encoding="utf-8")
    assert [row["What"].split(" ")[0] for row in rows] == ["always", "the", "gradient"]
    for row in rows:
        told = " | ".join(row[name].replace(" %", "") for name in ("Right", "Balanced accuracy", "ECE"))
        assert f"{row['What']} | {told} |" in results
