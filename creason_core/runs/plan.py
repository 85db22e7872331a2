"""What a group will send, settled before anything is stored: one request a sample, with its own order and seed."""

from dataclasses import dataclass, replace

from creason_core.errors import RunError
from creason_core.model.engines.base import GenerationRequest
from creason_core.question.masked_value import MultipleChoiceQuestion, Question
from creason_core.question.prompts import PROMPT_VERSION, prompt_text
from creason_core.question.reasoning import going_on, kept_text, prepare, temperature_for
from creason_core.record.codebook import Codebook
from creason_core.store import run_rows
from creason_core.store.cases import CaseVersion
from creason_core.store.run_rows import GroupSpec, Run, RunGroup, RunSpec
from creason_core.store.transactions import Database

_SEEDS_APART = 1_000  # a second try draws with seeds that no sample of the first one had


@dataclass(frozen=True, slots=True)
class Plan:
    """A group as it will be stored, its runs, and the request of each."""

    group: GroupSpec
    runs: tuple[RunSpec, ...]
    requests: tuple[GenerationRequest, ...]


def make_plan(version: CaseVersion, question: Question, codebook: Codebook, spec: GroupSpec) -> Plan:
    """The runs of ``spec``: the question asked ``spec.samples`` times."""
    rows, requests = [], []
    for sample in range(spec.samples):
        ready = prepare(
            version.case,
            question,
            codebook,
            sample=sample,
            temperature=spec.temperature,
            max_tokens=spec.max_tokens,
        )
        request = replace(ready.request, seed=ready.request.seed + spec.seed - question.seed)
        rows.append(RunSpec(sample, ready.order, request.seed, prompt_text(request.messages)))
        requests.append(request)
    return Plan(spec, tuple(rows), tuple(requests))


def resume_plan(version: CaseVersion, question: Question, codebook: Codebook, spec: GroupSpec, run: Run) -> Plan:
    """The one run of ``spec`` that goes on from all that ``run`` said, with its order of the options.

    Raises:
        RunError: The present program would have asked ``run`` in other words, so its text answers another prompt.
    """
    kept = kept_text(run.prompt)
    if prompt_text(going_on(version.case, question, codebook, run.order, kept)) != run.prompt:
        raise RunError(
            "The question is worded differently since that run.", remedy="Ask it again; the old text is kept."
        )
    messages = going_on(version.case, question, codebook, run.order, kept + run.text)
    seed = spec.seed + run.sample
    request = GenerationRequest(messages, spec.max_tokens, spec.temperature, seed)
    return Plan(spec, (RunSpec(0, run.order, seed, prompt_text(messages)),), (request,))


def group_spec(
    version: CaseVersion,
    question: Question,
    *,
    samples: int,
    tries: int,
    max_tokens: int,
    parent: str | None,
    batch: bool,
) -> GroupSpec:
    """The group of a question; ``tries`` counts the groups that led to it: a later try draws anew."""
    return GroupSpec(
        case_version_id=version.id,
        kind=question.kind,
        question_json=question.model_dump_json(),
        question_id=question.id,
        masked_feature=question.masked_feature,
        codebook=question.codebook,
        codebook_hash=question.codebook_hash,
        cohort=version.cohort,
        cohort_hash=version.cohort_hash,
        design=question.design if isinstance(question, MultipleChoiceQuestion) else "estimate",
        prompt_version=PROMPT_VERSION,
        samples=samples,
        seed=question.seed + _SEEDS_APART * tries,
        temperature=temperature_for(samples if tries == 0 else max(samples, 2)),
        max_tokens=max_tokens,
        parent_group_id=parent,
        batch=batch,
    )


def repeat_spec(before: RunGroup, codebook: Codebook) -> GroupSpec:
    """The group that asks ``before`` once more with the same seed, as the program words it today."""
    same = {name: getattr(before, name) for name in GroupSpec.__dataclass_fields__}
    return replace(
        GroupSpec(**same),
        prompt_version=PROMPT_VERSION,
        codebook_hash=codebook.content_hash,
        parent_group_id=before.id,
        batch=False,
    )


def tries_before(db: Database, user: str, parent: str | None) -> int:
    """How many groups led to a child of ``parent``. Raises ``StoreError`` where it is not this user's."""
    count = 0
    while parent is not None:
        parent = run_rows.group(db, user, parent).parent_group_id
        count += 1
    return count
