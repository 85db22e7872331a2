"""What a report says, before it is drawn: the runs on the same questions, the floors, and every pair compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from creason_core.errors import EvaluationError
from creason_core.evaluation.plan import Scoring
from creason_core.evaluation.result_tables import read_answers
from creason_core.evaluation.saved import SavedRun
from creason_core.evaluation.summary import SEED, Floor, ScoringFigures
from creason_core.metrics.comparison import holm, mcnemar_mid_p, paired_difference
from creason_core.metrics.intervals import Estimate

if TYPE_CHECKING:
    import pandas as pd

ALL = "All questions"


@dataclass(frozen=True)
class ShownRun:
    """One run as it is shown: what it is called, and its figures."""

    name: str
    run: SavedRun

    @property
    def main(self) -> ScoringFigures:
        """The figures of the scoring that headlines use."""
        return self.run.summary.main

    @property
    def sure(self) -> ScoringFigures | None:
        """The figures of the first scoring that gives probabilities."""
        return next((one for one in self.run.summary.scorings if one.confidence is not None), None)


@dataclass(frozen=True, slots=True)
class PairRow:
    """The first model minus the second on some of the questions.

    ``p`` is from sign flips of whole patients, NaN from one patient; ``adjusted`` is the same after Holm over the
    sections of the pair. ``mid_p`` is McNemar's, taking questions as independent; None where scores are shares.
    """

    part: str
    difference: Estimate
    p: float
    adjusted: float | None
    only_first: int
    only_second: int
    mid_p: float | None


@dataclass(frozen=True, slots=True)
class ModelPair:
    """Two models on the same questions: all of them first, then section by section."""

    first: str
    second: str
    first_scoring: Scoring
    second_scoring: Scoring
    rows: tuple[PairRow, ...]


@dataclass(frozen=True)
class Contents:
    """Everything a report shows.

    ``floors`` are the baselines on the same questions, by name; empty where they could not be computed.
    """

    shown: tuple[ShownRun, ...]
    floors: Mapping[str, Floor]
    pairs: tuple[ModelPair, ...]

    @property
    def untested(self) -> tuple[str, ...]:
        """Why models that are shown together are not compared question by question, as a sentence; empty if all are."""
        shipped = [one.name for one in self.shown if one.run.shipped]
        if len(self.shown) == 1 or not shipped:
            return ()
        return (f"Not tested for chance: the single answers of {' and '.join(shipped)} do not come with the program.",)


def contents(runs: Sequence[SavedRun]) -> Contents:
    """What a report about ``runs`` says.

    Raises:
        EvaluationError: The runs do not answer the same questions, or a folder to compare has lost its answers. Of
            runs that ship only the figures are at hand: they stand side by side without a comparison.
    """
    same_questions(runs)
    titles = [run.run.plan.model.title for run in runs]
    shown = tuple(
        ShownRun(title if titles.count(title) == 1 else f"{title} ({run.name})", run)
        for title, run in zip(titles, runs, strict=True)
    )
    with_answers = [one for one in shown if not one.run.shipped]
    pairs = tuple(_pair(first, second) for first, second in combinations(with_answers, 2))
    return Contents(shown, {floor.name: floor for floor in runs[0].summary.floors}, pairs)


def same_questions(runs: Sequence[SavedRun]) -> None:
    """Raises ``EvaluationError`` where two runs answer different questions."""
    first = runs[0]
    for other in runs[1:]:
        one, two = first.run.plan.questions, other.run.plan.questions
        if (one.sha256, one.asked) != (two.sha256, two.asked):
            raise EvaluationError(
                f"{first.folder} and {other.folder} answer different questions: {one.asked:,} of the file "
                f"{one.sha256[:12]}…, and {two.asked:,} of {two.sha256[:12]}….",
                remedy="Evaluate both models on the same file with the same --limit, or make two reports.",
            )


def _pair(first: ShownRun, second: ShownRun) -> ModelPair:
    """The comparison by the first model's first scoring that both have, else by the headline scoring of each."""
    of_first, of_second = (one.run.run.plan.scorings for one in (first, second))
    common = next((scoring for scoring in of_first if scoring in of_second), None)
    one, two = common or of_first[0], common or of_second[0]
    answers = read_answers(first.run.folder)
    table = answers.assign(
        first=answers[f"{one}_score"].to_numpy(float),
        second=read_answers(second.run.folder)[f"{two}_score"].to_numpy(float),
    ).sort_values("place", kind="stable")
    parts = [_compare(str(name), table[table["section"] == name]) for name in table["section"].drop_duplicates()]
    adjusted = holm([part.p for part in parts])
    return ModelPair(
        first.name,
        second.name,
        one,
        two,
        (
            _compare(ALL, table),
            *(
                PairRow(part.part, part.difference, part.p, q, part.only_first, part.only_second, part.mid_p)
                for part, q in zip(parts, adjusted, strict=True)
            ),
        ),
    )


def _compare(part: str, table: "pd.DataFrame") -> PairRow:
    first, second = table["first"].to_numpy(float), table["second"].to_numpy(float)
    found = paired_difference(first, second, table["patient"], seed=SEED)
    only_first, only_second = int((first > second).sum()), int((first < second).sum())
    binary = bool(np.isin(np.concatenate([first, second]), (0.0, 1.0)).all())
    mid_p = mcnemar_mid_p(only_first, only_second) if binary else None
    return PairRow(part, found.estimate, found.p, None, only_first, only_second, mid_p)
