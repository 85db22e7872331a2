"""Where a model's reasoning parts from the rationales that it was taught by.

Goes through the replies of a finished run of ``creason evaluate`` step by step: which features are told, whether a
value is the record's and its standing the registry's, whether it speaks for what the registry says, whether the
conclusion follows from the reply's own points, and how often reply and rationale are right; of numbers also whether
the standings of the options are the registry's, whether the option chosen stands where the conclusion says ("a high
value") and, in the published design, whether the usual option is named. What is weakest there is what a further
training has to teach, or what the rationales teach badly.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from creason_core.cohort.cohort import Cohort
from creason_core.evaluation.plan import calls
from creason_core.evaluation.registry_notes.concluding import WAYS
from creason_core.evaluation.registry_notes.making import Bands, bands
from creason_core.evaluation.registry_notes.scorecard import beside_modal, places
from creason_core.evaluation.result_tables import read_results
from creason_core.evaluation.saved import SavedRun
from creason_core.question.vectorised.table import QuestionTable
from creason_core.record.codebook import Feature
from training.teacher.cross_fitting import Evidence, evidence
from training.teacher.rationale_text import (
    PLACES,
    RationaleContext,
    Statement,
    finding,
    offered,
    parse_statements,
    presented,
    speaks,
    stated_modal_option,
    stated_options,
    stated_place,
)

STEPS = {
    "told": "features told, of those that the rationale tells",
    "value": "values that are the record's",
    "standing": "standings that are the registry's",
    "points": "values that speak for what the rationale says",
    "offered": "options told with the registry's standing",
    "usual": "usual options that are named",
    "follows": "conclusions that follow from the reply's own points",
    "place": "options that stand where the conclusion says",
    "same": "conclusions that are the rationale's",
    "right": "replies that are right",
    "taught": "rationales that are right",
}


def follows(
    statements: Sequence[Statement], chosen: int, asked: RationaleContext, modal_option: int | None = None
) -> bool | None:
    """Whether option ``chosen`` is one that the points come to, from ``modal_option``; None where they favour none."""
    if modal_option is not None:
        return chosen == beside_modal(
            modal_option, sum(WAYS.get(one.says, 0) for one in statements), len(asked.options)
        )
    if asked.feature.numeric:
        stands = places(len(asked.options))
        total = np.clip(sum(WAYS.get(one.says, 0) for one in statements), stands[0], stands[-1])
        away = np.abs(stands - total)
        return bool(away[chosen] == away.min())
    votes = Counter[str]()
    for one in statements:
        if one.says != "says little":
            votes[one.says.removeprefix("clearly ")] += 2 if one.says.startswith("clearly ") else 1
    return votes[asked.options[chosen]] == max(votes.values()) if votes else None


class StepAccuracy:
    """Hits and trials of each of ``STEPS`` over the replies that were added."""

    def __init__(self, cohort: Cohort) -> None:
        self.hits, self.trials = Counter[str](), Counter[str]()
        self._stands: Bands = bands(cohort)
        self._by_label: Mapping[str, Feature] = {feature.label: feature for feature in cohort.codebook.features}

    def add(
        self, text: str, option: int | None, found: Evidence, asked: RationaleContext, values: Mapping[str, object]
    ) -> None:
        """Counts one reply that chose ``option`` (canonical index) about a patient with ``values``, by feature."""
        statements = parse_statements(text)
        reference = {one.feature.label: speaks(one, asked) for one in found.contributions}
        labels = {one.label for one in statements}
        for label in reference:
            self._count("told", label in labels)
        for one in statements:
            feature = self._by_label.get(one.label)
            value = None if feature is None else values.get(feature.name)
            if feature is None or not isinstance(value, float | str) or pd.isna(value):
                self._count("value", False)  # nothing of the kind was measured in this patient
                continue
            shown = finding(feature, value, self._stands).partition(": ")[2]
            if feature.numeric:
                self._count("value", one.value.rpartition(", ")[0] == shown.rpartition(", ")[0])
                self._count("standing", one.value.rpartition(", ")[2] == shown.rpartition(", ")[2])
            else:
                self._count("value", one.value == shown)
            if one.label in reference:
                self._count("points", one.says == reference[one.label])
        if asked.feature.numeric:
            listed = stated_options(text) or []
            for option_told in offered(asked, self._stands).partition(": ")[2].split("; "):
                self._count("offered", option_told in listed)
        if found.modal_option is not None:
            self._count("usual", stated_modal_option(text) == presented(found.modal_option, asked))
        if option is not None and (sound := follows(statements, option, asked, found.modal_option)) is not None:
            self._count("follows", sound)
        binned = asked.feature.numeric and found.modal_option is None and len(asked.options) in PLACES
        if binned and option is not None and (place := stated_place(text)):
            self._count("place", place == PLACES[len(asked.options)][option])
        self._count("same", option == found.chosen)

    def right(self, option: int | None, found: Evidence, key: int) -> None:
        """Counts whether reply and rationale are right."""
        self._count("right", option == key)
        self._count("taught", found.chosen == key)

    def lines(self) -> list[str]:
        """One line a step."""
        return [
            f"{words:<54}{100 * self.hits[step] / self.trials[step]:6.1f} % of {self.trials[step]:,}"
            for step, words in STEPS.items()
            if self.trials[step]
        ]

    def _count(self, step: str, hit: bool) -> None:
        self.hits[step] += hit
        self.trials[step] += 1


def step_accuracy(run: SavedRun, table: QuestionTable, cohort: Cohort) -> StepAccuracy:
    """The step accuracy of a run's replies.

    Raises:
        EvaluationError: The results are gone or cannot be read.
    """
    replies: Mapping[str, list[Mapping[str, Any]]] = defaultdict(list)
    for one in read_results(run.folder).to_pylist():
        if one["text"]:
            replies[one["question"]].append(one)
    sample_of = {call.name: call.sample for call in calls(run.run.plan)}
    questions, measured = table.table.to_pylist(), StepAccuracy(cohort)
    values = {patient: cohort.table.loc[patient].to_dict() for patient in table.frame["patient"].unique()}
    for name in table.frame["masked_feature"].unique():
        feature = cohort.codebook.feature(name)
        for found in evidence(table, cohort, name):
            question = questions[found.row]
            for reply in replies[question["id"]]:
                asked = RationaleContext(feature, tuple(question["options"]), sample_of[reply["call"]])
                measured.add(reply["text"], reply["option"], found, asked, values[question["patient"]])
                measured.right(reply["option"], found, question["key"])
    return measured
