"""A prediction of an outcome on the page: from when it is made, and what its answer is to be read beside."""

from collections.abc import Callable, Mapping
from typing import cast

import streamlit as st

from creason_core.evaluation.baselines.outcome import outcome_baseline
from creason_core.evaluation.predictions.run import RATE
from creason_core.evaluation.predictions.saved import measured_on
from creason_core.metrics.intervals import Estimate
from creason_core.model.engines.base import ModelIdentity
from creason_core.question.asked import Kind
from creason_core.question.confidence import Vote
from creason_core.question.kinds import Prediction
from creason_core.question.outcome import Probability, Weighed, times_before, weighed_probability
from creason_core.record.codebook import WHEN, Time
from creason_core.store.runs.run_rows import one_model
from pages.components.inert import inert
from pages.components.option_chart import percent
from pages.components.told_apart import told_apart
from pages.question.asking import Asking
from pages.session.asked_when import choose_as_of

_WORSE = " So the model did worse than one who tells everybody the registry's rate: do not lean on it."
SURE = 0.05  # p, after Holm's correction, below which a difference is told
NEVER_MEASURED = "This model was never measured on this outcome: nobody knows how often it is right."


def anchor_of(asking: Asking, vote: Vote) -> tuple[str, ...]:
    """The sentences of this kind of question; empty where the card's own is right."""
    make = _ANCHORS.get(asking.kind)
    return make(asking, vote) if make else ()


def as_of_row(asking: Asking) -> None:
    """Draws from what is known when the outcome is predicted, as a choice until the question was asked."""
    task = cast(Prediction, asking.task)
    if asking.view is not None:
        st.caption(f"Predicted from what is known {inert(task.known)}.")
        return
    codebook, version, feature = task.codebook, asking.version.id, task.feature
    key = f"as_of_row:{version}:{feature.name}"

    def chosen() -> None:
        time: Time = st.session_state[key]
        choose_as_of(version, feature.name, time)

    st.segmented_control(
        "From what is known",
        times_before(codebook, feature),
        format_func=told_apart(
            times_before(codebook, feature), lambda time: inert(codebook.times.get(time, WHEN[time]))
        ),
        default=task.question.as_of,
        required=True,
        key=key,
        on_change=chosen,
        help="What is known later is hidden from the model.",
    )


def _prediction(asking: Asking, vote: Vote) -> tuple[str, ...]:
    """The probability by the samples, how common the outcome is, and what boosting says."""
    task = cast(Prediction, asking.task)
    label = inert(task.feature.label)
    runs = [item.run for item in asking.view.runs] if asking.view else []
    identity = one_model(runs)
    weighed = weighed_probability([run.logprobs for run in runs], task.question.event)
    told = _probability(task.probability(vote), vote, label), *_weighed(weighed, label)
    return *told, *_baselines(asking, task, label), _measured(asking, task, identity)


def _measured(asking: Asking, task: Prediction, identity: ModelIdentity | None) -> str:
    """How far predictions of this outcome by the model that answered were from what came about."""
    group, question = asking.view.group if asking.view else None, task.question
    if identity is None or group is None:
        return NEVER_MEASURED
    asked = ((group.cohort, question.codebook_hash), task.feature.name, question.as_of)
    found = measured_on(asking.s.settings.data_dir, identity, *asked)
    if found is None:
        return NEVER_MEASURED
    plan, told = found.plan, [f"{inert(row.name)} {_brier(row.brier)}" for row in found.rows]
    worse = [
        one.first for one in found.differences if one.floor == RATE and one.brier.value > 0 and one.adjusted < SURE
    ]
    return (
        f"Measured on {plan.patients:,} held-out patients, the Brier score (0 best; 0.25 is a coin's) by each: "
        f"{'; '.join(told)}.{_WORSE if worse else ''}"
    )


def _brier(found: Estimate) -> str:
    return f"{found.value:.3f} ({found.ends(lambda end: f'{end:.3f}', '–')})"


def _weighed(found: Weighed | None, label: str) -> tuple[str, ...]:
    if found is None:
        return ()
    of = "one sample" if found.of == 1 else f"mean of {found.of} samples"
    return (
        f"By how likely the model finds Yes beside No after its reasoning (log-probabilities, {of}), the probability "
        f"of {label} is {percent(found.value)}.",
    )


def _baselines(asking: Asking, task: Prediction, label: str) -> tuple[str, ...]:
    if asking.unaskable:
        return ("The patients of this question's codebook are not loaded, so nothing stands beside the answer.",)
    found = outcome_baseline(asking.s.cohort_of(asking.version), task.question, asking.version.case)
    rate, boosted = found.rate, inert(found.note, 200)
    if found.boosting is not None:
        chance = percent(found.boosting)
        boosted = f"Gradient boosting on the values shown, fitted on those patients, gives this one {chance}."
    return (
        f"{label} came about in {_shown(rate)} of the {rate.of:,} training patients in whom it is recorded.",
        boosted,
    )


def _probability(found: Probability | None, vote: Vote, label: str) -> str:
    if found is None:
        return "One answer gives no probability; several samples do." if vote.answered else "No answer, no probability."
    return f"By {found.of} samples that answered, the probability of {label} is {_shown(found)}."


def _shown(found: Probability) -> str:
    return f"{percent(found.value)} (95% interval {percent(found.interval.low)}–{percent(found.interval.high)})"


_ANCHORS: Mapping[Kind, Callable[[Asking, Vote], tuple[str, ...]]] = {"outcome": _prediction}
