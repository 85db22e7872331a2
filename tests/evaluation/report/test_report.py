from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.loading import load_cohort
from creason_core.errors import EvaluationError
from creason_core.evaluation.baselines.engine import BaselineEngine
from creason_core.evaluation.plan import Scoring
from creason_core.evaluation.report import write_report
from creason_core.evaluation.report.contents import ALL, Contents
from creason_core.evaluation.result_tables import read_answers
from creason_core.evaluation.run import Progress, Wanted, evaluate
from creason_core.metrics.comparison import mcnemar_mid_p
from creason_core.model.engines.base import Engine
from creason_core.model.engines.replay import Replay, scripted
from creason_core.question.vectorised.builder import Plan, build
from creason_core.question.vectorised.sampling import Sampling

SILENT = Progress(lambda _total, _done: None, lambda _: None)
NASTY = "</script><script>alert(1)</script> <b>bold</b> \\boxed{A}"


@pytest.fixture(scope="module")
def cohort() -> Cohort:
    return load_cohort("rhc-sepsis")


@pytest.fixture(scope="module")
def runs(cohort: Cohort, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three runs on the same 40 questions: two models, boosting; and one on fewer questions."""
    folder = tmp_path_factory.mktemp("report")
    file = folder / "questions.parquet"
    sampling = Sampling(balanced=True, limit=40)
    build(Plan(cohort=cohort, split="test", features=("crea1", "sex", "dth30"), sampling=sampling), file)
    engines: dict[str, Callable[[], Engine]] = {
        "nasty": lambda: Replay(script=[scripted(NASTY)]),
        "prior": lambda: BaselineEngine("prior", cohort),
        "boosting": lambda: BaselineEngine("boosting", cohort),
    }
    wanted = Wanted(file, folder, ("greedy",), 1, 0.0, 50, 2, group_by="sex")
    for name, engine in engines.items():
        scorings: tuple[Scoring, ...] = ("greedy",) if name == "nasty" else ("greedy", "logprob")
        evaluate(replace(wanted, folder=folder / name, scorings=scorings), engine(), cohort, folder / "data", SILENT)
    evaluate(replace(wanted, folder=folder / "few", limit=20), engines["prior"](), cohort, folder / "data", SILENT)
    return folder


def report(runs: Path, *names: str, out: Path) -> Contents:
    return write_report([runs / name for name in names], out)


class Links(HTMLParser):
    """Collects what a browser would fetch, and the visible text."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.scripts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        self.fetched += [value or "" for name, value in attrs if name in {"src", "href"}]


def test_the_page_needs_nothing_else_and_holds_plotly_once(runs: Path, tmp_path: Path) -> None:
    report(runs, "nasty", "prior", "boosting", out=tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    found = Links()
    found.feed(page)
    assert found.fetched == []
    assert page.count("plotly.js v") == 1
    assert 4e6 < len(page) < 8e6


def test_a_models_words_are_text_and_never_markup(runs: Path, tmp_path: Path) -> None:
    report(runs, "nasty", out=tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "alert(1)" in page
    assert "<script>alert(1)" not in page
    assert "&lt;/script&gt;&lt;script&gt;alert(1)" in page
    assert "<b>bold</b>" not in page


def test_the_page_says_what_was_measured_with_n_and_intervals(runs: Path, tmp_path: Path) -> None:
    found = report(runs, "nasty", "prior", "boosting", out=tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    for section in (
        "Accuracy by section",
        "Right, wrong, unanswered",
        "Reliability",
        "Risk and coverage",
        "By patient group",
        "Predicted outcomes",
        "Every feature",
        "Examples",
        "How it was measured",
    ):
        assert f"<h2>{section}</h2>" in page  # fmt: skip
    plan = found.shown[0].run.run.plan
    for told in (plan.questions.sha256, plan.questions.codebook_hash, found.shown[1].run.run.plan.model.model_hash):
        assert told in page
    accuracy, interval = found.shown[1].main.accuracy, found.shown[1].main.accuracy.interval
    assert f"{100 * accuracy.value:.1f} % <small>({100 * interval.low:.1f} to {100 * interval.high:.1f})" in page
    assert f"{accuracy.n} questions about {accuracy.clusters} test patients of rhc-sepsis" in page


def test_pairs_are_compared_on_the_same_questions(runs: Path, tmp_path: Path) -> None:
    found = report(runs, "prior", "boosting", out=tmp_path / "report.html")
    (pair,) = found.pairs
    everything = pair.rows[0]
    first, second = (read_answers(one.run.folder)["greedy_score"].to_numpy() for one in found.shown)
    assert everything.part == ALL
    assert everything.difference.value == pytest.approx((first - second).mean())
    assert everything.only_first == int((first > second).sum())
    assert everything.mid_p == pytest.approx(mcnemar_mid_p(everything.only_first, everything.only_second))
    assert all(row.adjusted is not None and row.adjusted >= row.p for row in pair.rows[1:])
    assert sum(row.difference.n for row in pair.rows[1:]) == everything.difference.n


def test_headroom_lies_between_the_prior_and_boosting(runs: Path, tmp_path: Path) -> None:
    found = report(runs, "prior", "boosting", out=tmp_path / "report.html")
    prior, boosting = (one.run.summary.headroom for one in found.shown)
    assert prior is not None
    assert boosting is not None
    assert prior.value == pytest.approx(0.0, abs=0.1)
    earned = {name: floor.everything.value for name, floor in found.floors.items()}
    assert boosting.value == pytest.approx(
        (found.shown[1].main.accuracy.value - earned["prior"]) / (earned["boosting"] - earned["prior"])
    )


def test_without_baselines_the_report_says_so_and_shows_the_rest(
    cohort: Cohort, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object, **__: object) -> None:
        raise EvaluationError("scikit-learn is not installed.", remedy="Install it.")

    build(Plan(cohort=cohort, split="test", features=("sex",), sampling=Sampling(limit=10)), tmp_path / "q.parquet")
    monkeypatch.setattr("creason_core.evaluation.floors.compute", missing)
    wanted = Wanted(tmp_path / "q.parquet", tmp_path / "run", ("greedy",), 1, 0.0, 50, 2)
    finished = evaluate(wanted, BaselineEngine("prior", cohort), cohort, tmp_path, SILENT)
    assert finished.summary.floors_note.startswith("scikit-learn is not installed.")
    assert finished.summary.headroom is None
    assert report(tmp_path, "run", out=tmp_path / "report.html").floors == {}


def test_the_report_needs_no_question_file(runs: Path, tmp_path: Path) -> None:
    (runs / "questions.parquet").rename(runs / "moved.parquet")
    try:
        found = report(runs, "prior", out=tmp_path / "report.html")
    finally:
        (runs / "moved.parquet").rename(runs / "questions.parquet")
    assert found.floors["chance"].everything == found.shown[0].run.summary.chance


def test_runs_on_different_questions_are_not_put_side_by_side(runs: Path, tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"answer different questions: \d+ of the file .* and 20 of"):
        report(runs, "prior", "few", out=tmp_path / "report.html")


def test_a_report_that_cannot_be_written_says_so_before_it_is_made(runs: Path, tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="does not exist"):
        report(runs, "prior", out=tmp_path / "nowhere" / "report.html")
