"""What the options of a question file give away: the scores of shortcuts that see nothing else, against chance.

The rule, for class-balanced questions of the ``stratified`` design about numbers: the best shortcut, pooled over
the features, is at most 2 points above chance, and no feature's interval lies above chance (over
patients, Holm over the features). On a sample that is not balanced the floor is always guessing the largest
bin, which the questions record. Levels are shown beside: there the balanced sample makes the classes equal. The
``paper`` design is measured, never passed.

A verdict needs a sample in which 2 points can be told from none: the 95 % interval of every pooled shortcut reaches at
most 2 points to either side, and a feature is judged alone from 20 questions on. A smaller sample fails where a leak is
plain in it (the whole interval above 2 points, or a feature as above), and is else too small to judge.
"""

import math
from collections.abc import Mapping

import numpy as np

from creason_core.arrays import Floats
from creason_core.cohort.cohort import Cohort
from creason_core.frozen import Frozen
from creason_core.metrics.comparison import holm
from creason_core.metrics.intervals import divided, mean, resample
from creason_core.question.vectorised.shortcuts import SHORTCUTS, Offered, offered, preferences, scores
from creason_core.question.vectorised.table import QuestionTable

MARGIN = 0.02  # that the best pooled shortcut may be above chance
FEWEST = 20  # questions about a feature, for a verdict about it alone
_NO_RULE = "No rule applies: the published design gives part of the answer away, and levels alone are not judged."
ALPHA = 0.025  # one-sided: the share of 95 % intervals that lie above chance by luck


class ShortcutScore(Frozen):
    """What one shortcut scores on the questions of a feature, or of a family of features.

    ``floor`` is chance, or always guessing the largest bin. ``low`` and ``high`` are the 95 % interval of
    ``accuracy − floor`` over patients; ``p`` is one-sided, adjusted over the features of the family (Holm).
    """

    shortcut: str
    family: str
    feature: str = ""
    questions: int
    patients: int
    accuracy: float
    chance: float
    floor: float
    above: float
    low: float
    high: float
    p: float


class ShortcutReport(Frozen):
    """What one file gives away; ``failures`` says in words what broke the rule.

    ``passed`` is None where no rule applies, and where the sample is too small: then ``too_small`` says so in words.
    """

    file: str
    design: str
    balanced: bool
    questions: int
    patients: int
    pooled: tuple[ShortcutScore, ...]
    features: tuple[ShortcutScore, ...]
    passed: bool | None
    failures: tuple[str, ...]
    too_small: str = ""

    def text(self) -> str:
        """The report as a table for people, one block a family, and the verdict."""
        sample = "class-balanced" if self.balanced else "natural"
        lines = [f"{self.file}: {self.questions} questions about {self.patients} patients, {self.design}, {sample}"]
        for family in dict.fromkeys(score.family for score in self.pooled):
            rows = [score for score in self.pooled if score.family == family]
            against = "chance" if rows[0].floor == rows[0].chance else "largest bin"
            lines.append(f"\n{family}: {rows[0].questions} questions, {against} {rows[0].floor:.1%}")
            lines.append(f"  {'shortcut':<18}{'accuracy':>9}{'above':>9}  95 % interval      feature it does best on")
            lines += [f"  {self._row(score)}" for score in rows]
        none = self.too_small or _NO_RULE
        verdict = {True: "Passed: the options alone say nothing.", False: "Failed.", None: none}[self.passed]
        return "\n".join([*lines, "", verdict, *(f"  {failure}" for failure in self.failures)])

    def _row(self, pooled: ShortcutScore) -> str:
        of_it = [one for one in self.features if (one.shortcut, one.family) == (pooled.shortcut, pooled.family)]
        best = max(of_it, key=lambda one: one.above)
        interval = f"{pooled.low:+.1%} to {pooled.high:+.1%}" if pooled.patients > 1 else "none: one patient"
        return (
            f"{pooled.shortcut:<18}{pooled.accuracy:>9.1%}{pooled.above:>+9.1%}  {interval:<19}"
            f"{best.feature} {best.above:+.1%} (p {best.p:.2g})"
        )


def measure_shortcuts(table: QuestionTable, cohort: Cohort, *, seed: int = 0) -> ShortcutReport:
    """Scores every shortcut on every question of ``table``.

    Raises:
        QuestionError: The file belongs to another cohort or version.
        EvaluationError: scikit-learn is not installed.
    """
    table.require(cohort)
    frame = table.frame
    everything = offered(frame, cohort, seed=seed)
    prior = np.array([max(priors) for priors in frame["priors"]])
    families = frame["kind"].replace("integer", "number").to_numpy(dtype=str)
    balanced = table.meta.sampling.balanced
    pooled: list[ShortcutScore] = []
    single: list[ShortcutScore] = []
    for family in sorted(set(families), key=["number", "ordinal", "nominal", "binary"].index):
        rows = families == family
        questions = everything.of(rows)
        natural = family == "number" and not balanced and table.meta.design == "stratified"
        floor = prior[rows] if natural else questions.chance
        preferred = preferences(questions, balanced=balanced, seed=seed)
        scored = {name: scores(preferred[name], questions) for name in SHORTCUTS}
        pooled += _measure(scored, questions, floor, family=family, seed=seed)
        by_feature: list[ShortcutScore] = []
        for place in np.unique(questions.feature):
            mine = questions.feature == place
            some = {name: score[mine] for name, score in scored.items()}
            name = cohort.codebook.features[place].name
            by_feature += _measure(some, questions.of(mine), floor[mine], family=family, feature=name, seed=seed)
        adjusted = holm([score.p for score in by_feature])
        single += [score.model_copy(update={"p": p}) for score, p in zip(by_feature, adjusted, strict=True)]
    numbers = [score for score in pooled if score.family == "number"]
    ruled = table.meta.design == "stratified" and "number" in families
    failures = _failures(numbers, single) if ruled else ()
    too_small = _too_small(numbers) if ruled and not failures else ""
    return ShortcutReport(
        file=str(table.path),
        design=table.meta.design,
        balanced=balanced,
        questions=len(frame),
        patients=int(everything.patient.max()) + 1,
        pooled=tuple(pooled),
        features=tuple(single),
        passed=not failures if ruled and not too_small else None,
        failures=failures,
        too_small=too_small,
    )


def _measure(
    scored: Mapping[str, Floats], questions: Offered, floor: Floats, *, family: str, feature: str = "", seed: int
) -> list[ShortcutScore]:
    above = np.column_stack([*(score - floor for score in scored.values()), np.ones(len(floor))])
    sums = resample(above, questions.patient, seed=seed)
    patients = len(np.unique(questions.patient))
    measured = []
    for place, (name, score) in enumerate(scored.items()):
        drawn = divided(sums.drawn[:, place], sums.drawn[:, -1])
        interval = mean(score - floor, questions.patient, least=-1.0, most=1.0).interval
        difference = float((score - floor).mean())
        measured.append(
            ShortcutScore(
                shortcut=name,
                family=family,
                feature=feature,
                questions=len(score),
                patients=patients,
                accuracy=float(score.mean()),
                chance=float(questions.chance.mean()),
                floor=float(floor.mean()),
                above=difference,
                low=interval.low,
                high=interval.high,
                p=one_sided(difference, float(np.nanstd(drawn)), patients),
            )
        )
    return measured


def one_sided(difference: float, error: float, patients: int) -> float:
    """The probability of so large a difference by luck, by Student's t over patients; at least 0.5^patients.

    That is the probability that all of them lie above the floor by luck, and all that patients who are alike can show.
    ``error`` is the standard deviation of the draws, which is too small by sqrt(1 − 1/patients).
    """
    from scipy.stats import t

    if error == 0 or patients < 2:
        return 0.5**patients if difference > 0 else 1.0
    return max(0.5**patients, float(t.sf(difference / error * math.sqrt(1 - 1 / patients), patients - 1)))


def _reach(pooled: list[ShortcutScore]) -> float:
    """How far the widest interval reaches to either side."""
    return max((score.high - score.low) / 2 if score.patients > 1 else 1.0 for score in pooled)


def _too_small(pooled: list[ShortcutScore]) -> str:
    """Why a sample allows no verdict; empty where it does."""
    reach, asked = _reach(pooled), pooled[0].questions
    if reach <= MARGIN:
        return ""
    needed = 100 * math.ceil(asked * (reach / MARGIN) ** 2 / 100)
    return (
        f"Too few questions to judge: with {asked:,} about numbers a shortcut's 95 % interval reaches {reach:.1%} to "
        f"either side, and the rule allows {MARGIN:.0%} above chance. About {needed:,} would do: build the file with a "
        "larger --limit, or without one."
    )


def _failures(pooled: list[ShortcutScore], single: list[ShortcutScore]) -> tuple[str, ...]:
    """What breaks the rule; ``pooled`` is over the numbers."""
    said = []
    best = max(pooled, key=lambda score: score.above)
    if best.above > MARGIN and (_reach(pooled) <= MARGIN or best.low > MARGIN):
        said.append(
            f"Pooled over the numbers, the shortcut '{best.shortcut}' scores {best.above:+.1%} above "
            f"{best.floor:.1%}; {MARGIN:.0%} is allowed."
        )
    said += [
        f"{score.feature}: the shortcut '{score.shortcut}' scores {score.accuracy:.1%}, above {score.floor:.1%} "
        f"(95 % interval of the difference {score.low:+.1%} to {score.high:+.1%}, p = {score.p:.2g} after Holm)."
        for score in single
        if score.family == "number" and score.questions >= FEWEST and score.p < ALPHA and score.low > 0
    ]
    return tuple(said)
