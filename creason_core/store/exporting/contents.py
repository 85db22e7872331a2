"""What an export says about a group, settled once for every format."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime

from pydantic import Field

from creason_core.cohort.leakage.guard import BY_HAND, HiddenFeature
from creason_core.cohort.standing import Registry
from creason_core.frozen import Frozen
from creason_core.question.kinds import task_of
from creason_core.question.prompts import letters
from creason_core.record.codebook import Codebook, Feature
from creason_core.record.feature import empty
from creason_core.store.exporting.origins import PROGRAM, releases, sampling, weights_source
from creason_core.store.exporting.standings import ExportedStanding, standings
from creason_core.store.exporting.tested import TestedEvidence, tested
from creason_core.store.patients.cases import CaseVersion
from creason_core.store.patients.codebooks import Codebooks
from creason_core.store.people.feedback import Feedback
from creason_core.store.people.open_questions import told_name
from creason_core.store.records import GroupRecord
from creason_core.store.runs.run_rows import Run
from creason_core.store.runs.series_words import place_words
from creason_core.store.runs.what_ifs import version_name

Registries = Callable[[CaseVersion], Registry | None]
DISCLAIMER = (
    "For research and education. Not a medical device, not for decisions about a living patient. "
    "Text of the model may be fluent and wrong."
)


class ExportedRating(Frozen):
    """A rating of one run, in the rater's words."""

    thumb: str
    reasons: tuple[str, ...]
    severity: str | None
    comment: str
    may_train: bool
    saved: datetime


class ExportedRun(Frozen):
    """One sample. ``letter`` is what the model wrote, ``answer`` the option that it stood for in this sample.

    ``option_logprobs`` are the natural-log probabilities of the options, as listed, after the reply; empty: not asked.
    """

    sample: int
    state: str
    letter: str | None
    answer: str | None
    tokens: int
    finish_reason: str | None
    problem: str
    text: str
    prompt: str
    started: datetime | None
    ended: datetime | None
    rating: ExportedRating | None
    option_logprobs: tuple[float, ...] = Field(default=(), exclude_if=empty)


class Sampled(Frozen):
    """What one sample was made with. ``option_order`` lists the options as they were presented.

    ``weights_from`` is told where the weights are on this computer.
    """

    sample: int
    seed: int
    option_order: tuple[str, ...]
    prompt_sha256: str
    engine: str
    model: str
    model_sha256: str
    weights_from: str
    adapter: str
    adapter_sha256: str
    runtime: str
    precision: str


class Reproducibility(Frozen):
    """What asking the same again takes. Times are UTC; ``program`` and ``releases`` are those that wrote the file."""

    program: str
    releases: str
    written: datetime
    group: str
    parent_group: str | None
    asked: datetime
    seed: int
    temperature: float
    sampling: str
    most_tokens: int
    prompt_version: int
    question: str
    design: str
    case_version: str
    case_sha256: str
    cohort: str
    cohort_sha256: str
    codebook: str
    codebook_sha256: str
    series: str = Field(default="", exclude_if=empty)
    samples: tuple[Sampled, ...]
    disclaimer: str


class ExportedGroup(Frozen):
    """One question as it was asked, and what came of it. ``recorded`` is None until it was revealed, or never known."""

    case: str
    kind: str
    question: str
    masked_value: str
    hidden_with_it: tuple[str, ...]
    let_past_the_guard: tuple[str, ...]
    options: tuple[str, ...]
    recorded: str | None
    recorded_note: str
    own_answer: str
    model_answer: str | None
    agreement: str
    tested_evidence: tuple[TestedEvidence, ...] = Field(default=(), exclude_if=empty)
    at_a_glance: tuple[ExportedStanding, ...] = Field(default=(), exclude_if=empty)
    runs: tuple[ExportedRun, ...]
    reproducibility: Reproducibility


def case_name(record: GroupRecord, codebooks: Codebooks) -> str:
    """The case's name, without what questions about the case hide until that is revealed."""
    return told_name(record.version.label, record.open, codebooks)


def exported(
    record: GroupRecord, codebooks: Codebooks, at: datetime, *, registries: Registries | None = None
) -> ExportedGroup:
    """``record`` as the files of the moment ``at`` tell it, in the words of its own codebook.

    ``registries`` gives the registry that the values of a case are held to, None where it is not at hand; without it
    no value's standing is told.
    """
    question, vote = record.question, record.vote
    codebook = codebooks.of(question, record.version.case)
    task = task_of(question, codebook)
    options, recorded, note = task.options, None, task.why_unrecorded
    if task.recorded:
        recorded = task.recorded.text if record.revealed else None
        note = "" if record.revealed else "not revealed to the reader, so left out"
    known = codebook.by_name
    return ExportedGroup(
        case=f"{case_name(record, codebooks)}, {version_name(record.version.n)}",
        kind=question.kind,
        question=task.stem,
        masked_value=task.feature.label,
        hidden_with_it=tuple(_hidden(item, known[item.feature]) for item in question.hidden if item.feature in known),
        let_past_the_guard=tuple(known[name].label for name in question.guard_off if name in known),
        options=options,
        recorded=recorded,
        recorded_note=note,
        own_answer=_own(record, options),
        model_answer=options[vote.winner] if vote.winner is not None and not vote.abstains else None,
        agreement=task.agreement(vote),
        tested_evidence=tuple(tested(record, options, known)),
        at_a_glance=standings(record, codebook, registries(record.version)) if registries else (),
        runs=tuple(_run(run, options, record.ratings.get(run.id)) for run in record.runs),
        reproducibility=_reproducibility(record, task.design_version, options, at).model_copy(
            update={"series": _series(record, codebook)}
        ),
    )


def _series(record: GroupRecord, codebook: Codebook) -> str:
    """The place in a series, in words with the ids; empty where there is none."""
    if record.place is None:
        return ""
    kind, place = record.place
    paired = f"; paired with {place.base_group_id}" if place.base_group_id else ""
    words = place_words(kind, place.what, codebook, record.untold).removeprefix(f"{kind}: ")
    return f"{kind} {place.series_id}, {place.position + 1}: {words}{paired}"


def _hidden(item: HiddenFeature, feature: Feature) -> str:
    return f"{feature.label} ({BY_HAND})" if item.reason == BY_HAND else feature.label


def _own(record: GroupRecord, options: tuple[str, ...]) -> str:
    own = record.own
    if own is None:
        return "not asked"
    if own.option is None:
        return "skipped"
    order = {True: "", False: ", after the recorded value was revealed", None: ", perhaps after the reveal"}
    return f"{options[own.option]} ({'sure' if own.sure else 'unsure'}{order[own.before_reveal]})"


def _run(run: Run, options: tuple[str, ...], rating: Feedback | None) -> ExportedRun:
    return ExportedRun(
        sample=run.sample + 1,
        state=run.status,
        letter=run.letter,
        answer=options[run.option] if run.option is not None else None,
        tokens=run.tokens,
        finish_reason=run.finish_reason,
        problem=run.error,
        text=run.text,
        prompt=run.prompt,
        started=run.started,
        ended=run.ended,
        rating=_rating(rating) if rating else None,
        option_logprobs=run.logprobs,
    )


def _rating(rating: Feedback) -> ExportedRating:
    return ExportedRating(
        thumb=rating.thumb,
        reasons=rating.reasons,
        severity=rating.severity,
        comment=rating.comment,
        may_train=rating.train_ok,
        saved=rating.created.astimezone(UTC),
    )


def _sampled(run: Run, options: tuple[str, ...]) -> Sampled:
    sent = run.identity
    return Sampled(
        sample=run.sample + 1,
        seed=run.seed,
        option_order=tuple(
            f"{letter}) {options[place]}" for letter, place in zip(letters(len(run.order)), run.order, strict=True)
        ),
        prompt_sha256=hashlib.sha256(run.prompt.encode()).hexdigest(),
        engine=sent.engine if sent else "",
        model=sent.model if sent else "",
        model_sha256=sent.model_hash if sent else "",
        weights_from=weights_source(sent.model_hash) if sent else "",
        adapter=sent.adapter if sent else "",
        adapter_sha256=sent.adapter_hash if sent else "",
        runtime=sent.runtime if sent else "",
        precision=sent.precision if sent else "",
    )


def _reproducibility(
    record: GroupRecord, version: int | None, options: tuple[str, ...], at: datetime
) -> Reproducibility:
    group, question = record.group, record.question
    return Reproducibility(
        program=PROGRAM,
        releases=releases(),
        written=at.astimezone(UTC),
        group=group.id,
        parent_group=group.parent_group_id,
        asked=group.created.astimezone(UTC),
        seed=group.seed,
        temperature=group.temperature,
        sampling=sampling(group.temperature),
        most_tokens=group.max_tokens,
        prompt_version=group.prompt_version,
        question=question.id,
        design=group.design if version is None else f"{group.design}-{version}",
        case_version=f"{record.version.id} ({version_name(record.version.n)})",
        case_sha256=record.version.case.content_hash,
        cohort=group.cohort,
        cohort_sha256=group.cohort_hash,
        codebook=question.codebook,
        codebook_sha256=group.codebook_hash,
        samples=tuple(_sampled(run, options) for run in record.runs),
        disclaimer=DISCLAIMER,
    )
