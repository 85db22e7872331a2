"""How one row of an export looks: the columns that TRL reads, and beside them where the row comes from.

Prompts are conversations. The opening that the model continued stands in the completion, not in the prompt: a
trainer adds the start of the assistant's turn itself, and a closed assistant turn before it would be another prompt.
"""

import hashlib
from datetime import datetime
from typing import Literal

from pydantic import JsonValue

from creason_core.frozen import Frozen
from creason_core.question.kinds import read_question
from creason_core.store.people.rated_rows import RatedRun


class Turn(Frozen):
    """One message of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


Turns = tuple[Turn, ...]


class RowSource(Frozen):
    """Where one judged answer comes from. ``correct`` is None where the answer was not read or has no truth."""

    rating: str
    run: str
    group: str
    created: datetime
    reasons: tuple[str, ...]
    severity: str | None
    engine: str
    model: str
    model_hash: str
    adapter: str
    adapter_hash: str
    runtime: str
    precision: str
    seed: int
    temperature: float
    max_tokens: int
    tokens: int
    option_order: tuple[int, ...]
    letter: str | None
    correct: bool | None


class About(Frozen):
    """What every row says of its question and case.

    ``case_hash`` is the content hash of the case version, ``cohort`` and ``patient`` name a public patient (None
    otherwise): by these, training keeps rated cases out of evaluation. ``rater`` is a pseudonym.
    """

    rater: str
    question: str
    masked_feature: str
    design: str
    prompt_version: int
    codebook_hash: str
    case_hash: str
    cohort: str | None
    patient: str | None


class KtoRow(About):
    """A row for KTO: one answer and whether it was found good."""

    prompt: Turns
    completion: Turns
    label: bool
    source: RowSource


class SftRow(About):
    """A row for supervised fine-tuning: one answer that was found good."""

    prompt: Turns
    completion: Turns
    source: RowSource


class DpoRow(About):
    """A row for DPO: two answers of the model to one prompt, as one person judged them."""

    prompt: Turns
    chosen: Turns
    rejected: Turns
    chosen_source: RowSource
    rejected_source: RowSource


class OwnAnswer(Frozen):
    """What the rater answered themselves; ``option`` is the canonical index, None where they skipped.

    ``before_reveal`` says whether that was before the recorded value was revealed to them in any run, None where it
    is not known: older versions of the program did not look.
    """

    option: int | None
    correct: bool | None
    sure: bool
    before_reveal: bool | None


class Everything(About):
    """A row of the full export: the rating with all that is stored around it. ``asked`` is the question's JSON."""

    thumb: str
    comment: str
    prompt: str
    completion: str
    status: str
    finish_reason: str | None
    kind: str
    sample: int
    option: int | None
    own_answer: OwnAnswer | None
    case_version: str
    case_source: str
    asked: str
    source: RowSource


Row = KtoRow | SftRow | DpoRow | Everything


def pseudonym(user: str) -> str:
    """The name under which a rater stands in exports: the same in every export, and not the user's own."""
    return f"rater-{hashlib.sha256(f'creason rater {user}'.encode()).hexdigest()[:12]}"


def conversation(rated: RatedRun) -> tuple[Turns, Turns] | None:
    """What was asked and what the model said, as turns; None where nobody can tell the stored messages apart.

    What the model said begins with the opening that it was given, and with the earlier reply where the run went
    on from one.
    """
    sent = rated.sent
    if not sent.certain:
        return None
    *asked, opening = (Turn(role=message.role, content=message.content) for message in sent.messages)
    return tuple(asked), (Turn(role="assistant", content=opening.content + rated.completion),)


def kto_row(rated: RatedRun) -> KtoRow:
    """One judged answer."""
    prompt, completion = _turns(rated)
    return KtoRow(
        **_about(rated), prompt=prompt, completion=completion, label=rated.thumb == "up", source=_source(rated)
    )


def sft_row(rated: RatedRun) -> SftRow:
    """One answer to imitate."""
    prompt, completion = _turns(rated)
    return SftRow(**_about(rated), prompt=prompt, completion=completion, source=_source(rated))


def dpo_row(up: RatedRun, down: RatedRun) -> DpoRow:
    """Two answers to the same prompt, the better one first."""
    prompt, chosen = _turns(up)
    _, rejected = _turns(down)
    return DpoRow(
        **_about(up),
        prompt=prompt,
        chosen=chosen,
        rejected=rejected,
        chosen_source=_source(up),
        rejected_source=_source(down),
    )


def full_row(rated: RatedRun) -> Everything:
    """A rating with everything around it."""
    own = None
    if rated.own_created is not None:
        own = OwnAnswer(
            option=rated.own_option,
            correct=_correct(rated, rated.own_option),
            sure=bool(rated.own_sure),
            before_reveal=None if rated.own_before_reveal is None else bool(rated.own_before_reveal),
        )
    return Everything(
        **_about(rated),
        thumb=rated.thumb,
        comment=rated.comment,
        prompt=rated.sent.text,
        completion=rated.completion,
        status=rated.run_status,
        finish_reason=rated.finish_reason,
        kind=rated.kind,
        sample=rated.sample,
        option=rated.option,
        own_answer=own,
        case_version=rated.case_version,
        case_source=rated.source,
        asked=rated.question,
        source=_source(rated),
    )


def _turns(rated: RatedRun) -> tuple[Turns, Turns]:
    turns = conversation(rated)
    assert turns is not None, "what cannot be read was left out before"
    return turns


def _about(rated: RatedRun) -> dict[str, JsonValue]:
    cohort, _, patient = (rated.public_key or "").partition("/")
    return {
        "rater": pseudonym(rated.owner),
        "question": rated.question_id,
        "masked_feature": rated.masked_feature,
        "design": rated.design,
        "prompt_version": rated.prompt_version,
        "codebook_hash": rated.codebook_hash,
        "case_hash": rated.case_hash,
        "cohort": cohort or None,
        "patient": patient or None,
    }


def _source(rated: RatedRun) -> RowSource:
    same = {name: getattr(rated, name) for name in RowSource.model_fields if name != "correct"}
    return RowSource(**same, correct=_correct(rated, rated.option))


def _correct(rated: RatedRun, option: int | None) -> bool | None:
    truth = read_question(rated.question).truth
    return None if option is None or truth is None else option == truth.option
