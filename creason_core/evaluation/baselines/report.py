"""What the baselines score on a question file: in all, on numbers, and by section, with intervals over patients."""

from collections.abc import Callable, Iterator

import numpy as np

from creason_core.arrays import Bools
from creason_core.cohort.cohort import Cohort
from creason_core.evaluation.baselines.compute import BASELINES, compute, true_classes
from creason_core.frozen import Frozen
from creason_core.metrics.intervals import Estimate, mean
from creason_core.metrics.scores import balanced_accuracy, ece
from creason_core.question.vectorised.shortcuts import offered
from creason_core.question.vectorised.table import QuestionTable


class ShareOverPatients(Frozen):
    """A share with its 95 % interval over patients: None where there are too few, and ``ends`` says so."""

    value: float
    low: float | None
    high: float | None
    ends: str


class BaselineScore(Frozen):
    """What one baseline scores on a group of questions ("all", "numbers", or a section)."""

    group: str
    baseline: str
    questions: int
    patients: int
    accuracy: ShareOverPatients
    balanced_accuracy: ShareOverPatients
    ece: ShareOverPatients


class BaselineReport(Frozen):
    """The scores of every baseline on one file."""

    file: str
    design: str
    balanced: bool
    features_reused: int
    scores: tuple[BaselineScore, ...]

    def text(self) -> str:
        """The report as a table for people."""
        sample = "class-balanced" if self.balanced else "natural"
        lines = [f"{self.file}: {self.design}, {sample}; 95 % intervals over patients"]
        for group in dict.fromkeys(score.group for score in self.scores):
            rows = [score for score in self.scores if score.group == group]
            lines.append(f"\n{group}: {rows[0].questions} questions about {rows[0].patients} patients")
            lines.append(f"  {'':<14}{'accuracy':<38}{'balanced accuracy':<38}ECE")
            lines += [
                f"  {r.baseline:<14}{_words(r.accuracy):<38}{_words(r.balanced_accuracy):<38}"
                f"{r.ece.value:.3f} ({r.ece.ends})"
                for r in rows
            ]
        return "\n".join(lines)


def report(
    table: QuestionTable, cohort: Cohort, *, seed: int = 0, progress: Callable[[int], object] = lambda _: None
) -> BaselineReport:
    """Plays the baselines on ``table`` and scores them; balanced accuracy is over features and their classes.

    ECE is of the likeliest option's probability, uncalibrated: what a baseline says it will be right.

    Raises:
        QuestionError: The file belongs to another cohort or version.
        EvaluationError: scikit-learn is not installed.
    """
    computed = compute(table, cohort, seed=seed, progress=progress)
    questions = offered(table.frame, cohort, seed=seed)
    truths = true_classes(questions, cohort, table.meta.design)
    found = []
    for group, rows in _groups(table):
        who = questions.patient[rows]
        for name in BASELINES:
            scores = computed.scores[name][rows]
            accuracy = mean(scores, who)
            sure = computed.probabilities[name][rows].max(axis=1)
            balanced = balanced_accuracy(scores, questions.feature[rows], truths[rows], who, seed=seed)
            found.append(
                BaselineScore(
                    group=group,
                    baseline=name,
                    questions=accuracy.n,
                    patients=accuracy.clusters,
                    accuracy=_share(accuracy),
                    balanced_accuracy=_share(balanced),
                    ece=_share(ece(sure, scores, who, seed=seed), "{:.3f}"),
                )
            )
    return BaselineReport(
        file=str(table.path),
        design=table.meta.design,
        balanced=table.meta.sampling.balanced,
        features_reused=computed.reused,
        scores=tuple(found),
    )


def _groups(table: QuestionTable) -> Iterator[tuple[str, Bools]]:
    frame = table.frame
    yield "all", np.ones(len(frame), dtype=bool)
    numbers = frame["kind"].isin(["number", "integer"]).to_numpy()
    if numbers.any():
        yield "numbers", numbers
    for section in frame["section"].unique():
        yield str(section), (frame["section"] == section).to_numpy()


def _share(estimate: Estimate, form: str = "{:.1%}") -> ShareOverPatients:
    interval, ends = estimate.interval, estimate.ends(form.format, "–")
    if not interval.known:
        return ShareOverPatients(value=estimate.value, low=None, high=None, ends=ends)
    return ShareOverPatients(value=estimate.value, low=interval.low, high=interval.high, ends=ends)


def _words(share: ShareOverPatients) -> str:
    return f"{share.value:.1%} ({share.ends})"
