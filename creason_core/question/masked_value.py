"""A masked-value question about one patient, and an estimate of a value that nobody recorded.

The two are separate types made by separate functions: a question has a recorded value and a key, an estimate
has neither and never enters training or accuracy. How they read, are answered and graded is their task's
(``creason_core.question.kinds``).
"""

import hashlib
from collections.abc import Iterator
from typing import ClassVar, Literal, TypedDict

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.donors import part_asked
from creason_core.cohort.leakage.guard import HiddenFeature
from creason_core.cohort.leakage.over_time import hidden_in
from creason_core.cohort.option_making import estimate_options, make_choice
from creason_core.cohort.option_models import donors_in, option_model
from creason_core.cohort.options import DESIGN_VERSION, Design
from creason_core.errors import CodebookError, QuestionError
from creason_core.question.asked import Maskable, Order, QuestionBase, Truth
from creason_core.record.case import Entry, PatientCase
from creason_core.record.codebook import Codebook, Feature
from creason_core.record.over_time import counted, portions_missing

SHOWN_ROLES = ("predictor", "derived")


class MultipleChoiceQuestion(QuestionBase):
    """A question whose answer is recorded. ``key`` is the index of the true option."""

    kind: Literal["mask"] = "mask"
    design: Design
    design_version: int
    key: int
    recorded: float | str

    @property
    def truth(self) -> Truth:
        """The recorded value and its option."""
        return Truth(self.key, self.recorded)

    @property
    def bins_shared(self) -> bool:  # noqa: D102
        return self.design == "paper"


class EstimateQuestion(QuestionBase):
    """A question without a recorded answer; its last option is "none of these"."""

    kind: Literal["missing"] = "missing"

    ends_in_none: ClassVar[bool] = True


def maskable(case: PatientCase, cohort: Cohort) -> tuple[Maskable, ...]:
    """Whether each feature recorded in ``case`` can be masked, in codebook order; one over time also at each point."""
    named = (cohort.codebook.feature(name) for name in _told_of(case, cohort.codebook))
    return tuple(
        Maskable(feature=feature.name, why_not=_why_not_masked(entry, feature, cohort))
        for feature in named
        if (entry := counted(case, feature, cohort.codebook))
    )


def _told_of(case: PatientCase, codebook: Codebook) -> Iterator[str]:
    """What a case has values of: its features, each followed by it at each time point that it has a value at."""
    for feature in codebook.features:
        if entries := case.of(feature.name):
            yield feature.name
            yield from (entry.name for entry in entries if entry.hours in codebook.points_of(feature))


def estimable(case: PatientCase, cohort: Cohort) -> tuple[Maskable, ...]:
    """For every feature not measured in ``case``, in codebook order, whether it can be estimated."""
    return tuple(
        Maskable(feature=feature.name, why_not=_why_not_estimated(feature, cohort))
        for feature in cohort.codebook.features
        if feature.role != "audit" and not _measured(case, feature.name)
    )


def build_question(
    case: PatientCase,
    feature: str,
    cohort: Cohort,
    *,
    seed: int,
    design: Design = "stratified",
    version: int = 0,
    guard_off: frozenset[str] = frozenset(),
) -> MultipleChoiceQuestion:
    """The question "what is the masked value of ``feature``?" about ``case``.

    Of a feature with several values over time the one that counts is asked about, and all are hidden. A name such as
    "lactate@6" asks about one time: then its values at other times are hidden too, and all that is later, unless
    ``guard_off`` names them ("lactate@0").
    ``guard_off`` names features that stay visible although the leak guard would hide them; the question
    records them. ``version`` is of the design (0: the newest); an older one serves to read what it has made.

    Raises:
        QuestionError: The feature cannot be masked; the message says why.
        CodebookError: The feature or the case's codebook version is unknown.
    """
    described = cohort.codebook.feature(feature)
    same_codebook(case, cohort)
    entry = counted(case, described, cohort.codebook)
    why_not = _why_not_masked(entry, described, cohort) if entry else _unknown(case, described, cohort.codebook)
    if entry is None or why_not:
        raise QuestionError(why_not, remedy="Mask another value.")
    version = version or DESIGN_VERSION[design]
    donors = donors_in(cohort, feature, design, version, part_asked(case, feature, cohort))
    model = option_model(cohort, feature)
    choice = make_choice(model, entry.value, design, seed=seed, patient=case.patient, donors=donors)
    truth = choice.options[choice.key].value
    return MultipleChoiceQuestion(
        **asked_of(case, feature, cohort, design=named(design, version), seed=seed, guard_off=guard_off),
        options=choice.options,
        design=design,
        design_version=version,
        key=choice.key,
        recorded=entry.value if truth is None else truth,
    )


def build_estimate(
    case: PatientCase, feature: str, cohort: Cohort, *, seed: int, guard_off: frozenset[str] = frozenset()
) -> EstimateQuestion:
    """The question "what might ``feature`` have been?" about a case in which it was not measured.

    Raises:
        QuestionError: The feature is measured in this case, or no options can be built for it.
        CodebookError: The feature or the case's codebook version is unknown.
    """
    described = cohort.codebook.feature(feature)
    same_codebook(case, cohort)
    if _measured(case, feature):
        raise QuestionError(
            f"{described.label} is recorded in this case, so there is nothing to estimate.",
            remedy="Mask it under 'One value' instead.",
        )
    why_not = _why_not_estimated(described, cohort)
    if why_not:
        raise QuestionError(why_not, remedy="Choose another value.")
    return EstimateQuestion(
        **asked_of(case, feature, cohort, design="estimate-1", seed=seed, guard_off=guard_off),
        options=estimate_options(option_model(cohort, feature)),
    )


class AskedOf(TypedDict):
    """The fields of ``QuestionBase`` that every kind fills in the same way: all but the options."""

    id: str
    patient: str
    case_hash: str
    codebook: str
    codebook_hash: str
    masked_feature: str
    hidden: tuple[HiddenFeature, ...]
    guard_off: tuple[str, ...]
    seed: int


def asked_of(
    case: PatientCase, feature: str, cohort: Cohort, *, design: str, seed: int, guard_off: frozenset[str]
) -> AskedOf:
    """What a question of any kind about ``feature`` of ``case`` says; ``design`` is its kind and version.

    Its id is a SHA-256 over the case, ``id_suffix`` and nothing else.
    """
    suffix = id_suffix(cohort, feature, design=design, seed=seed, guard_off=guard_off)
    return AskedOf(
        id=hashlib.sha256(f"{case.content_hash}{suffix}".encode()).hexdigest(),
        patient=case.patient,
        case_hash=case.content_hash,
        codebook=case.codebook,
        codebook_hash=case.codebook_hash,
        masked_feature=feature,
        hidden=tuple(item for item in guarded_in(case, feature, cohort) if item.feature not in guard_off),
        guard_off=tuple(sorted(guard_off)),
        seed=seed,
    )


def visible_entries(case: PatientCase, question: QuestionBase, codebook: Codebook) -> tuple[Entry, ...]:
    """The entries that the prompt may show, in codebook order.

    Left out: the masked feature, everything hidden with it, and features whose role keeps them out of every
    prompt (outcomes, and attributes kept for audits only).
    """
    hidden = {item.feature for item in question.hidden} | {question.masked_feature}
    return tuple(
        entry
        for entry in case.entries
        if entry.feature not in hidden
        and (entry.hours is None or entry.name not in hidden)
        and codebook.feature(entry.feature).role in SHOWN_ROLES
    )


def option_order(question: QuestionBase, feature: Feature, sample: int) -> Order:
    """How sample ``sample`` (0, 1, …) of a question presents its options: presented place → canonical index.

    Sample 0 sees the canonical order. Ordered options alternate between ascending and descending, others
    rotate; "none of these" stays last.
    """
    count = len(question.options) - question.ends_in_none
    return (*order_of(count, feature, sample), *range(count, len(question.options)))


def order_of(count: int, feature: Feature, sample: int) -> Order:
    """``option_order`` of a question with ``count`` options about ``feature``."""
    places = tuple(range(count))
    if feature.ordered:
        return places[::-1] if sample % 2 else places
    return places[sample % count :] + places[: sample % count]


def hidden_features(cohort: Cohort, feature: str) -> tuple[HiddenFeature, ...]:
    """What the guard hides with ``feature`` of what prompts can show, in codebook order.

    Raises:
        CodebookError: The guard was fitted without such a feature.
    """
    by_name = cohort.codebook.by_name
    return tuple(item for item in cohort.guard.hidden_with(feature) if by_name[item.feature].role in SHOWN_ROLES)


def guarded_in(case: PatientCase, feature: str, cohort: Cohort) -> tuple[HiddenFeature, ...]:
    """What guard and times hide with ``feature`` of what prompts about ``case`` can show, in codebook order."""
    by_name = cohort.codebook.by_name
    found = hidden_in(case, by_name[feature], hidden_features(cohort, feature), cohort.codebook)
    return tuple(item for item in found if by_name[item.feature].role in SHOWN_ROLES)


def _measured(case: PatientCase, feature: str) -> bool:
    return any(entry.measured for entry in case.of(feature))


def _why_not_masked(entry: Entry, feature: Feature, cohort: Cohort) -> str:
    if not entry.measured:
        return f"{feature.label} was not measured: the registry filled in a normal value."
    return why_never_masked(feature, cohort)


def why_never_masked(feature: Feature, cohort: Cohort) -> str:
    """Why ``feature`` cannot be masked in any case of ``cohort``, as a sentence; empty where it can."""
    if why := _why_no_time(feature, cohort):
        return why
    if feature.role == "audit":
        return f"{feature.label} is kept for audits of fairness and is never asked about."
    if not option_model(cohort, feature.name).usable:
        return f"The training patients do not have two different values of {feature.label}, so none can be offered."
    return ""


def _why_no_time(feature: Feature, cohort: Cohort) -> str:
    if feature.name in cohort.training:
        return ""
    return f"{feature.label} is at a time of which the cohort {cohort.name} has no values, so there are no options."


def _why_not_estimated(feature: Feature, cohort: Cohort) -> str:
    if why := _why_no_time(feature, cohort):
        return why
    if option_model(cohort, feature.name).usable:
        return ""
    return f"No options can be built for {feature.label}: the training patients do not have two different values of it."


def _unknown(case: PatientCase, feature: Feature, codebook: Codebook) -> str:
    """Why nothing of ``feature`` counts in ``case``."""
    hours = [entry.hours for entry in case.of(feature.name) if entry.measured]
    if missing := portions_missing(feature, hours, codebook):
        at = ", ".join(codebook.at(time) for time in missing)
        return f"{feature.label} is a sum, and its portion {at} is not recorded in this case."
    return f"{feature.label} is not recorded in this case."


def same_codebook(case: PatientCase, cohort: Cohort) -> None:
    """Raises ``CodebookError`` where ``case`` was written for another version of the cohort's codebook."""
    if case.codebook_hash != cohort.codebook.content_hash:
        raise CodebookError(
            f"This case was written for another version of the codebook {case.codebook}.",
            remedy="Open it on the Patient page and save it again.",
        )


def named(design: Design, version: int) -> str:
    """A design and its version, such as ``stratified-2``."""
    return f"{design}-{version}"


def id_suffix(cohort: Cohort, feature: str, *, design: str, seed: int, guard_off: frozenset[str] = frozenset()) -> str:
    """What is hashed after the case's hash to make the id of a question."""
    return "|".join(
        ("", cohort.codebook.content_hash, cohort.split_hash, feature, design, str(seed), ",".join(sorted(guard_off)))
    )
