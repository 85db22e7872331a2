"""Which passages a model is given for a question, and what became of its reply."""

from datetime import date

from creason_core.guideline.applying import FIRST, Answer, Item, why_no_dose
from creason_core.guideline.documents.passages import digest
from creason_core.guideline.reasoned.resolving import Card, resolve
from creason_core.guideline.reasoned.support import unsupported
from creason_core.guideline.retrieval import Retrieved
from creason_core.question.answer import reply_of
from creason_core.question.guideline import GuidelineQuestion, guideline_question
from creason_core.question.passages import Given
from creason_core.record.case import PatientCase
from creason_core.record.codebook import Codebook

MOST_DOCUMENTS = 3  # passages of the hospital's documents, beside the recommendations that stand first


def passages_for(answer: Answer, found: Retrieved | None) -> tuple[Given, ...]:
    """What applies, best first, then the hospital's passages; none superseded, of others, or with doses withheld."""
    fitting = [item for item in answer.items[:FIRST] if item.fit != "other patients" and not item.withheld]
    documents = [
        Given(
            id=one.id,
            hash=one.hash,
            text=one.text,
            source=one.source,
            date=one.date,
            label=one.label,
            population=one.population,
        )
        for one in (found.of("document") if found else ())
        if not why_no_dose(one.text, answer.lacking)
    ]
    return (*(_given(item) for item in fitting), *documents[:MOST_DOCUMENTS])


def ask_about(
    case: PatientCase,
    codebook: Codebook,
    question: str,
    answer: Answer,
    found: Retrieved | None,
    *,
    hidden: frozenset[str] = frozenset(),
    unsourced: bool = False,
) -> GuidelineQuestion | None:
    """The question as a model is asked it; None where nothing may be asked.

    That is where it is refused, and where no passage is found and nobody asked for reasoning without sources
    (``unsourced``, which is only heard where there is none).
    """
    passages = passages_for(answer, found)
    if answer.refused or (not passages and not unsourced):
        return None
    on: date = answer.on
    return guideline_question(
        case, codebook, question, passages, on=on.isoformat(), hidden=hidden, lacking=answer.lacking,
        unsourced=not passages,
    )  # fmt: skip


def card_of(question: GuidelineQuestion, text: str) -> Card:
    """What ``text``, a run's whole text with its thinking, comes to."""
    return resolve(reply_of(text), question.passages, question.lacking)


def safety_checks(answer: Answer) -> tuple[str, ...]:
    """What is missing of the facts that what stands first needs, from the record alone, as sentences."""
    lines: dict[str, None] = {}
    for missing in answer.lacking:
        lines[f"Dose not given: {missing} missing."] = None
    for item in answer.items[:FIRST]:
        for name in item.missing:
            lines[f"Not recorded: {name}."] = None
    return tuple(lines)


def outdated(card: Card, answer: Answer) -> tuple[str, ...]:
    """What of a reply is what only a superseded statement says, as sentences that name it and what took its place."""
    told: dict[str, None] = {}
    for item in answer.superseded:
        old, guideline = item.recommendation, item.guideline
        if not any(
            not one.supported and not unsupported(one.text, old.statement, old.population) for one in card.sentences
        ):
            continue
        newer = [answer.library.guideline(one) for one in item.replaced_by] or [
            answer.library.by_key[guideline.superseded_by]
        ]
        by = " and ".join(dict.fromkeys(f"{one.organisation}, {one.published}" for one in newer))
        told[f"The model's text matches {guideline.organisation}, {guideline.published}, replaced by {by}."] = None
    return tuple(told)


def _given(item: Item) -> Given:
    one, guideline = item.recommendation, item.guideline
    grade = f"{one.strength}; certainty {one.certainty or 'not seen'}" if one.strength else ""
    return Given(
        id=one.id,
        hash=digest(one.statement),
        text=one.statement,
        source=f"{guideline.organisation}, {guideline.title}",
        date=guideline.published,
        label=one.section,
        population=one.population,
        grade=grade,
        url=guideline.url,
    )
