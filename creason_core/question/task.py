"""The one path from a question to a graded answer: messages → request → parse → grade.

A question is stored as a model of its kind (``asked``); its task is what the page, the evaluation and the training do
with it, so that what a clinician sees, what is measured and what is trained on cannot drift apart. The kinds are in
``kinds``; here is what they share.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar, Generic, Literal, TypeVar

from creason_core.cohort.cohort import Cohort
from creason_core.model.engines.base import GenerationRequest, Message
from creason_core.question.answer import ParsedAnswer, parse_answer
from creason_core.question.asked import Kind, Maskable, Order, QuestionBase, option_texts
from creason_core.question.confidence import Vote
from creason_core.question.masked_value import option_order
from creason_core.question.prompts import OPENING, letters, render
from creason_core.record.ages import shown_value
from creason_core.record.case import PatientCase
from creason_core.record.codebook import Codebook, Feature, Time

Outcome = Literal["correct", "incorrect", "unanswered"]
Q_co = TypeVar("Q_co", bound=QuestionBase, covariant=True)


@dataclass(frozen=True, slots=True)
class CanonicalAnswer:
    """What one completion answers: ``options`` are canonical indices in ascending order, empty where unanswered."""

    parsed: ParsedAnswer
    options: tuple[int, ...]

    @property
    def option(self) -> int | None:
        """The one option, None where there is none or more than one."""
        return self.options[0] if len(self.options) == 1 else None


@dataclass(frozen=True, slots=True)
class Presented:
    """The options as one sample shows them, and how a reply to it is read.

    ``order`` is presented place → canonical option index, ``texts`` are the options with their unit as presented
    (empty where nobody knows them, see ``parse_answer``), ``several`` allows more than one letter. ``weighed``: how
    likely the model finds each letter after its reply is asked too, where the engine can say it.
    """

    order: Order
    texts: tuple[str, ...] = ()
    several: bool = False
    weighed: bool = False

    @property
    def letters(self) -> tuple[str, ...]:
        """The letters, as presented."""
        return letters(len(self.order))

    def parse(self, text: str) -> CanonicalAnswer:
        """The answer in ``text``, mapped back from the presented to the canonical options. Never raises."""
        parsed = parse_answer(text, self.letters, self.texts, several=self.several)
        return CanonicalAnswer(
            parsed, tuple(sorted(self.order[self.letters.index(letter)] for letter in parsed.chosen))
        )


@dataclass(frozen=True, slots=True)
class Prepared:
    """One sample, ready to send."""

    shown: Presented
    request: GenerationRequest

    @property
    def order(self) -> Order:
        """Presented place → canonical option index."""
        return self.shown.order


@dataclass(frozen=True, slots=True)
class RecordedValue:
    """What the record says: the value as shown, and the option that it is (canonical index)."""

    text: str
    option: int


@dataclass(frozen=True)
class Task(Generic[Q_co]):
    """A question of some kind with the codebook that words it.

    What a kind says of itself: ``title`` is its name on pages; ``doing`` and ``marked`` stand before its feature and
    in the feature's place in the list of values; ``unrecorded`` and ``why_unrecorded`` say that there is nothing to
    reveal, and why; ``answer_word`` stands before an answer, and ``listed`` behind the feature in a list.
    ``reveals``: there may be a recorded value to reveal. ``evaluated``: evaluations ask it and calibrations speak of
    it. ``weighed``: how likely the model finds each option after its reply is asked too. ``left_out``: why its ratings
    are no training rows (a reason of ``store.training_rows``), empty where they are.
    """

    question: Q_co
    codebook: Codebook

    kind: ClassVar[Kind]
    title: ClassVar[str]
    doing: ClassVar[str]
    marked: ClassVar[str]
    unrecorded: ClassVar[str] = "not recorded"
    why_unrecorded: ClassVar[str] = "the record does not say"
    answer_word: ClassVar[str] = "Model"
    listed: ClassVar[str] = ""
    evaluated: ClassVar[bool] = False
    left_out: ClassVar[str] = ""
    several: ClassVar[bool] = False
    weighed: ClassVar[bool] = False
    reveals: ClassVar[bool] = True

    @staticmethod
    def candidates(case: PatientCase, cohort: Cohort) -> tuple[Maskable, ...]:
        """The features of ``case`` that this kind offers, in codebook order, and why some cannot be asked about."""
        raise NotImplementedError

    @staticmethod
    def build(
        case: PatientCase,
        feature: str,
        cohort: Cohort,
        *,
        seed: int,
        guard_off: frozenset[str] = frozenset(),
        as_of: Time | None = None,
    ) -> QuestionBase:
        """The question of this kind about ``feature`` of ``case``; ``guard_off`` names what stays visible all the same.

        ``as_of``: when it is asked, for a kind that looks ahead.

        Raises:
            QuestionError: It cannot be asked; the message says why.
            CodebookError: The feature or the case's codebook version is unknown.
        """
        raise NotImplementedError

    @cached_property
    def feature(self) -> Feature:
        """The feature that is asked about."""
        return self.codebook.feature(self.question.masked_feature)

    @property
    def stem(self) -> str:
        """The question in words, without its options."""
        raise NotImplementedError

    @property
    def design(self) -> str:
        """The design as run groups store it, without its version."""
        raise NotImplementedError

    @property
    def design_version(self) -> int | None:
        """The version of the design, None where the kind has only one."""
        return None

    @cached_property
    def options(self) -> tuple[str, ...]:
        """The options with their unit, in canonical order."""
        return option_texts(self.question, self.feature)

    @property
    def recorded(self) -> RecordedValue | None:
        """What is revealed when the reader asks for it; None where there is nothing to reveal."""
        truth = self.question.truth
        return RecordedValue(shown_value(self.feature, truth.value), truth.option) if truth else None

    @property
    def given(self) -> tuple[str, ...]:
        """The texts that a model is given beside the record, in order; they are kept with the runs."""
        return ()

    def stays_hidden(self, case: PatientCase) -> frozenset[str]:  # noqa: ARG002 - a kind may know of some
        """What of ``case``, as ``Entry.name``, no reader may let through, whatever hides it."""
        return frozenset()

    def order(self, sample: int) -> Order:
        """How sample ``sample`` (0, 1, …) presents the options."""
        return option_order(self.question, self.feature, sample)

    def presented(self, order: Order) -> Presented:
        """The options in ``order``, as a sample shows them."""
        texts = option_texts(self.question, self.feature, once=True)
        return Presented(order, tuple(texts[index] for index in order), self.several, self.weighed)

    def messages(self, case: PatientCase, order: Order, *, kept: str = "") -> tuple[Message, ...]:
        """What a sample sends; its reply goes on from ``kept``, the text of an earlier one."""
        *before, opening = render(case, self.question, self.codebook, order, self.stem)
        return (*before, replace(opening, content=f"{opening.content}{kept}"))

    def prepare(self, case: PatientCase, *, sample: int, temperature: float, max_tokens: int) -> Prepared:
        """Sample ``sample`` (0, 1, …): its own option order, and the question's seed + ``sample``."""
        order = self.order(sample)
        request = GenerationRequest(
            messages=self.messages(case, order),
            max_tokens=max_tokens,
            temperature=temperature,
            seed=self.question.seed + sample,
        )
        return Prepared(self.presented(order), request)

    def grade(self, option: int | None) -> Outcome | None:
        """Correct, incorrect or unanswered; None where the record does not say. ``option`` is a canonical index."""
        return None if self.question.truth is None else grade(option, self.question.truth.option)

    def agreement(self, vote: Vote) -> str:
        """What the samples come to, as a line of an export."""
        if not vote.answered:
            return "no sample gave a clear option"
        said = f"{max(share.chosen for share in vote.shares)} of {vote.samples} samples"
        return f"{said}; abstained: {vote.abstains}" if vote.abstains else said


def grade(option: int | None, truth: int) -> Outcome:
    """Correct, incorrect or unanswered: three outcomes, never two. Both are canonical indices."""
    if option is None:
        return "unanswered"
    return "correct" if option == truth else "incorrect"


def temperature_for(samples: int) -> float:
    """0 (greedy) for a single sample, 0.7 for several, so that their agreement means something."""
    return 0.0 if samples == 1 else 0.7


def continued(messages: tuple[Message, ...]) -> str:
    """The earlier reply that a run with these messages goes on from; empty where it starts anew."""
    last = messages[-1] if messages else Message("user", "")
    return last.content.removeprefix(OPENING) if last.role == "assistant" else ""
