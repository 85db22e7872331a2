r"""The sentences of a rationale: how they are written, and how a reply in their form is read back.

For each question about a training patient: the visible values of the features that matter most for the masked one,
each as the record shows it, with its standing among the training patients and what it speaks for; then what they
come to together, and the answer in its box:

    Urine output: 300 mL/24 h, very low → much higher. Arterial pH: 7.21, very low → lower. Creatinine: A) 0.8, low;
    B) 1.2, low; C) 1.9, near the middle; D) 2.7, near the middle; E) 4.1, high. Together: a high value. The options
    rise: D) 2.7. \boxed{D}

The features and their order belong to the masked feature, not to the answer, and values that speak against the
conclusion are told as well. The conclusion is what the told values come to, by a count that the words suffice for
(``creason_core.evaluation.registry_notes.scorecard``), and nothing else, so the reasoning can be learnt as a
computation. Options about a number are told with their standing first, as values are, whatever the design: nothing but
the numbers tells the designs apart. They are offered in rising or in falling order, which is said, for without these
words a small model did not learn it (docs/training-log.md). Those of the published design (``paper``) lie far apart:
there the one with the highest prior is named, which only clear points leave:

    … Respiratory rate: A) 19, low; B) 40, very high; C) 61, very high. Mostly A) 19. Together: A) 19. \boxed{A}

The conclusion is made out of fold and may miss the recorded option: a rationale never knows its patient's hidden
value. Every number in it stands in the prompt.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from creason_core.evaluation.registry_notes.concluding import CLEARLY, WAYS
from creason_core.evaluation.registry_notes.concluding import conclusion as counted
from creason_core.evaluation.registry_notes.making import Bands, says, says_level
from creason_core.question.masked_value import MultipleChoiceQuestion, order_of
from creason_core.question.notes import Notes
from creason_core.question.task import Presented
from creason_core.record.codebook import Feature
from training.teacher.cross_fitting import Contribution, Evidence

PLACES: Mapping[int, Sequence[str]] = {
    2: ("a low", "a high"),
    3: ("a low", "a middling", "a high"),
    4: ("a very low", "a low", "a high", "a very high"),
    5: ("a very low", "a low", "a middling", "a high", "a very high"),
}
POINTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")
EVEN = "even"  # no points, or as many for higher values as for lower
_PLACE = re.compile(r"Together: (.+?) value\b")
_LISTED = re.compile(r": (A\) [^→]*?)\. (?:Mostly|Together)")
_MODAL = re.compile(r"\. Mostly (.*?)\. Together:")


@dataclass(frozen=True, slots=True)
class RationaleContext:
    """What a rationale answers: the masked feature, the options' texts in canonical order, and which sample."""

    feature: Feature
    options: tuple[str, ...]
    sample: int

    @property
    def shown(self) -> Presented:
        """The options as that sample presents them."""
        return Presented(order_of(len(self.options), self.feature, self.sample))

    def letter(self, option: int) -> str:
        """The letter of an option (canonical index) as presented."""
        return self.shown.letters[self.shown.order.index(option)]


def rationale(found: Evidence, asked: RationaleContext, values: Mapping[str, float | str], stands: Bands) -> str:
    """The completion: what follows the opening of the reply. ``values`` are the patient's, by feature."""
    statements = [
        f"{finding(one.feature, values[one.feature.name], stands)} → {speaks(one, asked)}"
        for one in found.contributions
    ]
    says = ". ".join(statements) if statements else "Nothing is shown that speaks for one option"
    if asked.feature.numeric:
        says = f"{says}. {offered(asked, stands)}"
    if found.modal_option is None:
        return f" {says}. Together: {conclusion(found.chosen, asked)}"
    moved = ("", "a higher value: ", "a lower value: ")[
        (found.chosen > found.modal_option) - (found.chosen < found.modal_option)
    ]
    together = f"{moved}{presented(found.chosen, asked)}. {boxed(found.chosen, asked)}"
    return f" {says}. Mostly {presented(found.modal_option, asked)}. Together: {together}"


def noted_rationale(question: MultipleChoiceQuestion, asked: RationaleContext) -> str:
    """The completion to a prompt with the registry's notes: what they tell, and what it comes to."""
    notes, chosen = question.notes, counted(question, asked.feature)
    assert notes is not None
    counts = running_counts(notes, asked.options, numeric=asked.feature.numeric)
    told = [f"{note} = {count}" for note, count in zip(notes.told, counts, strict=True)]
    says = ". ".join(told) or "Nothing is told that speaks for one option"
    if asked.feature.numeric:
        listed = [f"{presented(option, asked)}{notes.behind_option(option)}" for option in asked.shown.order]
        says = f"{says}. {asked.feature.label}: {'; '.join(listed)}"
    if not notes.usual:
        return f" {says}. Together: {conclusion(chosen, asked)}"
    usual = presented(asked.options.index(notes.usual), asked)
    return f" {says}. Mostly {usual}. Together: {presented(chosen, asked)}. {boxed(chosen, asked)}"


def running_counts(notes: Notes, options: Sequence[str], *, numeric: bool) -> list[str]:
    """What ``notes`` come to after each of them, in words: "two higher", "Yes two, No one", or "even".

    ``options`` are the texts in canonical order. Of levels the one that is ahead comes first, and of those with as many
    points the one that these fall to. In words, since a number in a reply is one of the record's.
    """
    counts, total, first, told = Counter[str](), 0, notes.usual or notes.even, []
    for note in notes.told:
        if numeric:
            total += WAYS[note.says]
            told.append(f"{POINTS[abs(total)]} {'higher' if total > 0 else 'lower'}" if total else EVEN)
            continue
        level = note.says.removeprefix(CLEARLY)
        if level in options:
            counts[level] += 1 + note.says.startswith(CLEARLY)
        ahead = sorted(counts, key=lambda one: (-counts[one], one != first, options.index(one)))
        told.append(", ".join(f"{one} {POINTS[counts[one]]}" for one in ahead) or EVEN)
    return told


def finding(feature: Feature, value: float | str, stands: Bands) -> str:
    """One visible value as the record shows it, numbers with their standing."""
    if isinstance(value, str):
        return f"{feature.label}: {feature.text(value)}"
    return f"{feature.label}: {feature.text_with_unit(value)}, {stands.words(feature, value)}"


def speaks(one: Contribution, asked: RationaleContext) -> str:
    """What a value speaks for: higher or lower for a number, a level otherwise, or that it says little."""
    if asked.feature.numeric:
        return says(one.points)
    return says_level(one.points, asked.options[one.toward] if one.toward >= 0 else "")


def offered(asked: RationaleContext, stands: Bands) -> str:
    """The options about a number as the question shows them, each with its standing."""
    listed = [
        f"{presented(option, asked)}, {stands.words(asked.feature, float(asked.options[option]))}"
        for option in asked.shown.order
    ]
    return f"{asked.feature.label}: {'; '.join(listed)}"


def presented(option: int, asked: RationaleContext) -> str:
    """The option (canonical index) as the question shows it: its letter and its text."""
    return f"{asked.letter(option)}) {asked.options[option]}"


def conclusion(chosen: int, asked: RationaleContext) -> str:
    """The option ``chosen`` (canonical index) in words, and its box; of numbers also where it stands among them."""
    count, order = len(asked.options), asked.shown.order
    place = ""
    if asked.feature.numeric and count in PLACES:
        way = "rise" if order[0] < order[-1] else "fall"
        place = f"{PLACES[count][chosen]} value. The options {way}: "
    return f"{place}{presented(chosen, asked)}. {boxed(chosen, asked)}"


def boxed(option: int, asked: RationaleContext) -> str:
    """The box with the letter of the option (canonical index)."""
    return f"\\boxed{{{asked.letter(option)}}}"


@dataclass(frozen=True, slots=True)
class Statement:
    """One value of a reply: the feature's label, the value with its standing, and what it speaks for."""

    label: str
    value: str
    says: str


def parse_statements(text: str) -> list[Statement]:
    """The values that a reply in the form of a rationale tells, in its order; what has another form is passed over."""
    first, *parts = text.partition("Together:")[0].split(" → ")
    found = []
    for part in parts:
        says, _, following = part.partition(". ")
        says = says.partition(" = ")[0]
        label, colon, value = first.strip().partition(": ")
        if colon:
            found.append(Statement(label, value, says.strip().rstrip(".")))
        first = following
    return found


def stated_options(text: str) -> list[str] | None:
    """The options about a number as a reply lists them, each with its standing; None where it lists none."""
    read = _LISTED.search(text)
    return read[1].split("; ") if read else None


def stated_modal_option(text: str) -> str | None:
    """The option that a reply says is mostly true; None where it names none."""
    named = _MODAL.search(text)
    return named[1] if named else None


def stated_place(text: str) -> str | None:
    """Where a reply says that its option stands among the others ("a high"); None where it does not."""
    place = _PLACE.search(text)
    return place[1] if place else None
