"""A finished evaluation whose every word is a payload, where the page Evaluation looks for it."""

from datetime import UTC, datetime
from pathlib import Path

from creason_core.evaluation.plan import EvaluationPlan, Model, Questions, RunFile
from creason_core.evaluation.saved import SavedRun, save
from creason_core.evaluation.summary import CompletionFigures, Confidence, Example, ScoringFigures, Summary, SummaryPart
from creason_core.metrics.intervals import Estimate, Interval
from creason_core.metrics.scores import ReliabilityBin
from tests.browser.hostile.attack import bundles

_SOME = Estimate(0.5, Interval(0.4, 0.6), 40, 20)


def hostile_evaluation(data: Path, port: int) -> None:
    """Puts it into the data folder ``data``. Its model is the one that answers, so that About shows it too."""
    texts = bundles(port, 300)
    one = texts[0]
    questions = Questions(
        file=one, sha256=one, cohort=one, codebook=one, codebook_hash=one, split="test", split_hash=one, design=one,
        design_version=1, balanced=True, asked=40,
    )  # fmt: skip
    plan = EvaluationPlan(
        questions=questions, model=Model(engine="replay", model=bundles(port, 200)[0]), scorings=("mean",), samples=5,
        temperature=0.7, max_tokens=100, prompt_version=1, group_by=one,
    )  # fmt: skip
    at = datetime(2026, 1, 1, tzinfo=UTC)
    run = RunFile(plan=plan, started=at, program=one, releases=dict.fromkeys(texts, one), where=one)
    parts = tuple(SummaryPart(name=text, accuracy=_SOME, answered=1.0, chance=0.2, prior=0.3) for text in texts)
    sure = Confidence(
        brier=_SOME, nll=_SOME, ece=_SOME, aurc=0.1, accuracy_at_80=0.5, reliability=(ReliabilityBin(0.5, _SOME),),
        coverage=(0.5, 1.0), risk=(0.5, 0.5),
    )  # fmt: skip
    figures = ScoringFigures(
        scoring="mean", accuracy=_SOME, balanced_accuracy=_SOME, answered=_SOME, confidence=sure, sections=parts,
        features=parts, groups=parts,
    )  # fmt: skip
    examples = tuple(
        Example(question=text, outcome="correct", label=text, section=text, options=(text, text), truth=text,
                answer=text, text=text, finish_reason="stop")
        for text in texts
    )  # fmt: skip
    summary = Summary(
        plan_hash=plan.hash, results_sha256=one, finished=at.isoformat(), questions=40, patients=20, chance=_SOME,
        prior=_SOME, floors_note=one, scorings=(figures,), predictions=(), examples=examples,
        replies=CompletionFigures(
            completions=40, mean_tokens=9.0, cut_off=0.0, no_box=0.0, faults=0, order_stability=None
        ),
    )  # fmt: skip
    save(SavedRun(folder=Path(one.replace("/", "\\")), run=run, summary=summary), data)
