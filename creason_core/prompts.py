"""How a case and a question become messages. The only file with prompt wording.

The record is short on purpose: one line a value, yes/no findings gathered in one line a section, values that
nobody measured only named. The reply is prefilled with the zero-shot chain-of-thought opening of the published
recipe (Kim et al., arXiv 2505.02722; Kojima et al., arXiv 2205.11916).
"""

from collections.abc import Iterator, Sequence

from creason_core.case import Entry, PatientCase
from creason_core.codebook import Codebook, Feature
from creason_core.engines.base import Message
from creason_core.question import EstimateQuestion, Order, Question, visible_entries

PROMPT_VERSION = 1
MASK = "[MASK]"
OPENING = "Let's think step by step."

_SYSTEM = (
    "You reason over one record of a registry. Population: {population}. Think step by step from the values "
    "shown, then give the letter of the single most likely option as \\boxed{{letter}}."
)


def letters(count: int) -> tuple[str, ...]:
    """The answer letters of ``count`` options, from A on."""
    return tuple(chr(ord("A") + index) for index in range(count))


def stem(question: Question, codebook: Codebook) -> str:
    """The question in words, without its options."""
    feature = codebook.feature(question.masked_feature)
    unit = f" ({feature.unit_label})" if feature.unit_label else ""
    if isinstance(question, EstimateQuestion):
        return f"What would be the value of '{feature.label}'{unit} in section {feature.section}, had it been measured?"
    return f"What would be the masked value of '{feature.label}'{unit} in section {feature.section}?"


def render(case: PatientCase, question: Question, codebook: Codebook, order: Order) -> tuple[Message, ...]:
    """The messages of one sample: system, user, and the opening that the model continues.

    ``order`` is presented place → canonical option index. Neither the hidden value's line nor any feature
    hidden with it is in the text.
    """
    record = "\n".join(_record(case, question, codebook))
    options = "\n".join(
        f"{letter}) {question.options[index].text}" for letter, index in zip(letters(len(order)), order, strict=True)
    )
    return (
        Message("system", _SYSTEM.format(population=codebook.population)),
        Message("user", f"{record}\n\n{stem(question, codebook)}\n{options}"),
        Message("assistant", OPENING),
    )


def prompt_text(messages: Sequence[Message]) -> str:
    """The messages as one text for people and for the record: each under its role."""
    return "\n\n".join(f"[{message.role}]\n{message.content}" for message in messages)


def _record(case: PatientCase, question: Question, codebook: Codebook) -> Iterator[str]:
    visible = {entry.feature: entry for entry in visible_entries(case, question, codebook)}
    for section in codebook.sections:
        lines = list(_section(codebook.in_section(section), visible, question.masked_feature))
        if lines:
            yield f"## {section}"
            yield from lines


def _section(features: Sequence[Feature], visible: dict[str, Entry], masked: str) -> Iterator[str]:
    present: list[str] = []
    absent: list[str] = []
    unmeasured: list[str] = []
    for feature in features:
        entry = visible.get(feature.name)
        if feature.name == masked:
            yield f"{feature.label}: {MASK}"
        elif entry is None:
            continue
        elif not entry.measured:
            unmeasured.append(feature.label)
        elif _yes_no(feature):
            (present if entry.value == feature.levels[1].code else absent).append(feature.label)
        else:
            yield f"{feature.label}: {feature.text_with_unit(entry.value)}"
    for title, names in (("Yes", present), ("No", absent), ("Not measured", unmeasured)):
        if names:
            yield f"{title}: {'; '.join(names)}"


def _yes_no(feature: Feature) -> bool:
    return [level.label.casefold() for level in feature.levels] == ["no", "yes"]
