"""How a case and a question become messages. The wording of every question with options; ``guideline`` has its own.

The record is short on purpose: one line a value, yes/no findings gathered in one line a section, values that
nobody measured only named. The reply is prefilled with the zero-shot chain-of-thought opening of the published
recipe (Kim et al., arXiv 2505.02722; Kojima et al., arXiv 2205.11916).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from creason_core.model.engines.base import Message
from creason_core.question.asked import Order, QuestionBase
from creason_core.question.masked_value import visible_entries
from creason_core.question.notes import notes_lines
from creason_core.record.ages import shown_value
from creason_core.record.case import Entry, PatientCase
from creason_core.record.codebook import Codebook, Feature
from creason_core.record.hours import parted

PROMPT_VERSION = 1
NOTES_VERSION = 2  # the same prompt with the registry's notes in it
MASK = "[MASK]"
BETWEEN = "; "  # the names gathered on one line
OPENING = "Let's think step by step."

Gathered = Literal["Yes", "No", "Not measured"]
NOT_MEASURED = "not measured"
GATHERED: tuple[Gathered, ...] = get_args(Gathered)
_SYSTEM = (
    "You reason over one record of a registry. Population: {population}. Think step by step from the values "
    "shown, then give the letter of the single most likely option as \\boxed{{letter}}."
)


def letters(count: int) -> tuple[str, ...]:
    """The answer letters of ``count`` options, from A on."""
    return tuple(chr(ord("A") + index) for index in range(count))


def system_line(codebook: Codebook) -> str:
    """What the model is told before every record: whose records these are, and how to answer."""
    return _SYSTEM.format(population=codebook.population)


def masked_stem(feature: Feature) -> str:
    """The stem of a question about a masked value of ``feature``."""
    return f"What would be the masked value of {_of(feature)}?"


def estimate_stem(feature: Feature) -> str:
    """The stem of an estimate of a value of ``feature`` that nobody recorded."""
    return f"What would be the value of {_of(feature)}, had it been measured?"


def outcome_stem(feature: Feature, known: str) -> str:
    """The stem of a prediction of the outcome ``feature`` from what is known at a time, such as "on day 1"."""
    return f"From what is known {known}, what will be the outcome {_of(feature)}?"


def _of(feature: Feature) -> str:
    unit = f" ({feature.unit_label})" if feature.unit_label else ""
    which = f", the {feature.counts} of its values over time" if feature.counts else ""
    return f"'{feature.label}'{unit} in section {feature.section}{which}"


def render(
    case: PatientCase, question: QuestionBase, codebook: Codebook, order: Order, stem: str
) -> tuple[Message, ...]:
    """The messages of one sample: system, user, and the opening that the model continues.

    ``order`` is presented place → canonical option index. Neither the hidden value's line nor any feature
    hidden with it is in the text.
    """
    record = "\n".join(record_lines(case, question, codebook))
    texts = [option.text for option in question.options]
    if question.notes is None:
        return around(f"{record}\n\n{stem}\n{listed(texts, order)}", codebook)
    options = [f"{text}{question.notes.behind_option(index)}" for index, text in enumerate(texts)]
    block = "\n".join(notes_lines(question.notes, codebook.feature(question.masked_feature)))
    return around(f"{record}\n\n{block}\n\n{stem}\n{listed(options, order)}", codebook)


def prompt_version(question: QuestionBase) -> int:
    """Which prompt words ``question``: the plain one, or the one with the registry's notes."""
    return PROMPT_VERSION if question.notes is None else NOTES_VERSION


def listed(options: Sequence[str], order: Order) -> str:
    """``options`` (canonical order) as the prompt lists them, presented in ``order``."""
    return "\n".join(f"{letter}) {options[index]}" for letter, index in zip(letters(len(order)), order, strict=True))


def around(user: str, codebook: Codebook) -> tuple[Message, ...]:
    """The messages of one sample whose user message is ``user``."""
    return Message("system", system_line(codebook)), Message("user", user), Message("assistant", OPENING)


def transcript(messages: Sequence[Message]) -> str:
    """The messages as one text for people and for the record: each under its role."""
    return "\n\n".join(f"[{message.role}]\n{message.content}" for message in messages)


@dataclass(frozen=True, slots=True)
class SaidValue:
    """How the record says one value: on a line of its own, or among the names gathered under ``under``."""

    text: str
    under: Gathered | None = None


def said(feature: Feature, value: float | str, *, measured: bool, registry: bool = True) -> SaidValue:
    """How the record says that ``feature`` has ``value``; a registry's own age of 90 stays "90", as in training."""
    if not measured:
        return SaidValue(feature.label, "Not measured")
    if _yes_no(feature):
        return SaidValue(feature.label, "Yes" if value == feature.levels[1].code else "No")
    return SaidValue(f"{feature.label}: {feature.text_with_unit(value) if registry else shown_value(feature, value)}")


def masked_line(feature: Feature) -> str:
    """The line that stands for the masked value."""
    return f"{feature.label}: {MASK}"


def over_time(feature: Feature, entries: Sequence[Entry], masked: float | None, codebook: Codebook) -> str:
    """The line of values at their times, in order, such as "Lactate: 2.1 mmol/L at admission; [MASK] at 6 h".

    Each of ``entries`` has a time; ``masked`` is that of the masked value, None where there is none in this line.
    """
    told = [(entry.hours or 0.0, _at_once(feature, entry)) for entry in entries]
    if masked is not None:
        told.append((masked, MASK))
    return f"{feature.label}: {BETWEEN.join(f'{text} {codebook.at(hours)}' for hours, text in sorted(told))}"


def _at_once(feature: Feature, entry: Entry) -> str:
    """One of several values."""
    return value_in_prompt(feature, entry) if entry.measured else NOT_MEASURED


def value_in_prompt(feature: Feature, entry: Entry) -> str:
    """A measured value as the prompt shows it; a registry's own age of 90 stays "90", as in training."""
    return feature.text_with_unit(entry.value) if entry.provenance == "registry" else shown_value(feature, entry.value)


def gathered_under(under: Gathered) -> str:
    """The start of the line that gathers names."""
    return f"{under}: "


def heading(section: str) -> str:
    """The line above the values of a section."""
    return f"## {section}"


def record_lines(case: PatientCase, question: QuestionBase, codebook: Codebook) -> Iterator[str]:
    """The record as prompts show it, without what ``question`` asks about or hides."""
    visible: dict[str, list[Entry]] = {}
    for entry in visible_entries(case, question, codebook):
        visible.setdefault(entry.feature, []).append(entry)
    for section in codebook.sections:
        lines = list(_section(codebook.in_section(section), visible, question.masked_feature, codebook))
        if lines:
            yield heading(section)
            yield from lines


def _section(
    features: Sequence[Feature], visible: dict[str, list[Entry]], masked: str, codebook: Codebook
) -> Iterator[str]:
    names: dict[Gathered, list[str]] = {under: [] for under in GATHERED}
    masked_feature, masked_hours = parted(masked)
    for feature in features:
        entries = visible.get(feature.name)
        if feature.name == masked:
            yield masked_line(feature)
        elif feature.name == masked_feature:
            yield over_time(feature, entries or [], masked_hours, codebook)
        elif entries and entries[0].hours is not None:
            yield over_time(feature, entries, None, codebook)
        elif entries:
            entry = entries[0]
            told = said(feature, entry.value, measured=entry.measured, registry=entry.provenance == "registry")
            if told.under is None:
                yield told.text
            else:
                names[told.under].append(told.text)
    for under, gathered in names.items():
        if gathered:
            yield gathered_under(under) + BETWEEN.join(gathered)


def _yes_no(feature: Feature) -> bool:
    return [level.label.casefold() for level in feature.levels] == ["no", "yes"]
