"""The options of a consult: recommendations about antibiotics that may be followed here, each a card of its own.

An option is a recommendation as it was shown, with the drugs that it names, what the antibiogram says of them, and the
pre-check of that moment: enough to read later what somebody decided about.
"""

from collections.abc import Sequence
from uuid import UUID, uuid5

from creason_core.frozen import Frozen
from creason_core.guideline.applying import Answer, Item
from creason_core.guideline.consults.antibiograms import InForce, period, told
from creason_core.guideline.consults.drugs import antibiotics
from creason_core.guideline.consults.prechecks import PrecheckedFacts
from creason_core.guideline.reviewing import content_hash
from creason_core.guideline.weighing import is_aside
from creason_core.guideline.words import plain, shipped_words

MOST = 4  # options of one consult
_ABOUT = "antibiotics"  # the topic of recommendations that are options
_CARDS = UUID("5b0c6c8e-5a0e-4f2f-9b53-0d7d9a3d2c61")


class ShownFact(Frozen):
    """A line of the pre-check as it was shown, and the features that it tells of."""

    features: tuple[str, ...]
    text: str


class ConsultOption(Frozen):
    """A recommendation as it was offered. ``drugs`` are antibiotics and classes that it names, for or against.

    ``antibiogram`` are lines on those drugs, each with its hospital or ward and period; ``content_hash`` is of the
    recommendation's wording.
    """

    recommendation: str
    organisation: str
    guideline: str
    published: str
    strength: str
    statement: str
    fit: str
    missing: tuple[str, ...]
    drugs: tuple[str, ...]
    antibiogram: tuple[str, ...]
    precheck: tuple[ShownFact, ...]
    content_hash: str


def is_about_antibiotics(question: str, answer: Answer | None) -> bool:
    """Whether a question is one for a consult: it says so, names a drug, or what fits it best is about antibiotics."""
    words = shipped_words()
    said = set(words.asked(question)) & set(words.asked(_ABOUT))
    first = answer.items[:1] if answer else ()
    return bool(said or antibiotics().named(question) or any(_ABOUT in one.recommendation.topics for one in first))


def options_of(
    answer: Answer, checks: Sequence[PrecheckedFacts], held: Sequence[InForce]
) -> tuple[ConsultOption, ...]:  # fmt: skip
    """The options that ``answer`` offers, in its order: in force, not of other patients, with nothing withheld."""
    return tuple(_option(answer, one, checks, held) for one in answer.items if _offered(one))[:MOST]


def card_id(case_version_id: str, question: str, option: ConsultOption) -> str:
    """The UUID of the card of an option: the same as long as case version, question and wording are."""
    name = "\n".join((case_version_id, plain(question), option.recommendation, option.content_hash))
    return str(uuid5(_CARDS, name))


def _offered(item: Item) -> bool:
    return (
        item.status == "current"
        and item.fit not in {"out of range", "other patients"}
        and not item.withheld
        and _ABOUT in item.recommendation.topics
        and not is_aside(item.recommendation)
    )


def _option(answer: Answer, item: Item, checks: Sequence[PrecheckedFacts], held: Sequence[InForce]) -> ConsultOption:
    one = item.recommendation
    drugs = antibiotics().named(one.statement)
    members = [drug for name in drugs for drug in antibiotics().members(name)]
    lines = [
        f"{told(row)} ({table.antibiogram.title}, {period(table.antibiogram)})"
        for table in held
        for row in table.of(members)
    ]
    facts = [fact for check in checks for fact in check.facts]
    return ConsultOption(
        recommendation=one.id,
        organisation=item.guideline.organisation,
        guideline=item.guideline.title,
        published=item.guideline.published,
        strength=one.strength,
        statement=answer.statement(one),
        fit=item.fit,
        missing=item.missing,
        drugs=drugs,
        antibiogram=tuple(lines),
        precheck=tuple(ShownFact(features=fact.held_by, text=fact.told) for fact in facts),
        content_hash=content_hash(one),
    )
