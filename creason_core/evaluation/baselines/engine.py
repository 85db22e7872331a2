"""Baselines behind the engine protocol: they read the prompt that a language model reads, and write a reply.

The engine is given messages and nothing else. It parses the record, the masked feature and the options back
out of the prompt's own text, so it knows exactly what a model knows of the patient; a wording that it cannot
read is refused, never guessed. What it knows besides is what training gives a model: the cohort's training
patients. It never sees a question object, a key or a patient outside the training split.

A reply states the probability of every option. At temperature 0 it takes the likeliest, otherwise it draws.
"""

import hashlib
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from creason_core.arrays import Floats
from creason_core.cohort.cohort import Cohort
from creason_core.errors import EvaluationError, ModelError
from creason_core.evaluation.baselines.predictors import NAMES, OptionPredictor
from creason_core.model.engines.base import (
    Capabilities,
    Completion,
    EngineHealth,
    GenerationRequest,
    Message,
    ModelIdentity,
    Piece,
)
from creason_core.question.prompts import MASK, letters
from creason_core.record.codebook import Codebook, Feature

VERSION = 1
_OPTION = re.compile(r"^([A-Z])\) (.*)$")


@dataclass(frozen=True, slots=True)
class ReadPrompt:
    """What a prompt says: the masked feature, the values shown (measured ones only), the options as presented."""

    masked: Feature
    values: Mapping[str, float | str]
    options: tuple[float | str, ...]


def read_prompt(messages: Sequence[Message], codebook: Codebook) -> ReadPrompt:
    """Reads a prompt of ``prompts.render`` back.

    Raises:
        ModelError: It is not such a prompt, or about another codebook.
    """
    user = next((message.content for message in messages if message.role == "user"), "")
    record, _, asked = user.rpartition("\n\n")
    values: dict[str, float | str] = {}
    masked: Feature | None = None
    section: dict[str, Feature] = {}
    for line in record.splitlines():
        if line.startswith("## "):
            section = {feature.label: feature for feature in codebook.in_section(line[3:])}
            continue
        label, text = _split(line, section)
        if label in section and text == MASK:
            masked = section[label]
        elif label in section:
            values[section[label].name] = _value(section[label], text)
        elif label in {"Yes", "No"}:
            for name in text.split("; "):
                values[_known(section, name).name] = _known(section, name).levels[int(label == "Yes")].code
        elif label != "Not measured":
            raise _unreadable(line)
    options = [_OPTION.match(line) for line in asked.splitlines()[1:]]
    if masked is None or len(options) < 2:
        raise _unreadable(user[-80:])
    found = [_value(masked, match.group(2)) if match else _refuse(asked) for match in options]
    return ReadPrompt(masked, values, tuple(found))


class ComputedEngine:
    """An engine that works its replies out at once, without a language model; greedy and sampled ones are the same."""

    @property
    def capabilities(self) -> Capabilities:
        """Answers as often as asked, and has probabilities of the options."""
        return Capabilities(1_000, logprobs=True, reads_ahead=False, repeats=True, interleaves=True)

    def stream(self, request: GenerationRequest) -> "BaselineStream":
        """The reply in one piece."""
        return BaselineStream(self._reply(request))

    def sample(self, request: GenerationRequest, n: int) -> tuple[Completion, ...]:
        """``n`` replies, with seeds ``seed`` … ``seed + n − 1``."""
        return tuple(self._reply(replace(request, seed=request.seed + k)) for k in range(n))

    def close(self) -> None:
        """Holds nothing."""

    def _reply(self, request: GenerationRequest) -> Completion:
        raise NotImplementedError


class BaselineEngine(ComputedEngine):
    """A baseline of ``cohort``, one of ``predictors.NAMES``, as an ``Engine``.

    Raises:
        EvaluationError: There is no such baseline.
    """

    def __init__(self, name: str, cohort: Cohort) -> None:
        if name not in NAMES:
            raise EvaluationError(f"There is no baseline '{name}'.", remedy=f"There is: {', '.join(NAMES)}.")
        self._name = name
        self._cohort = cohort
        self._fitted: dict[str, OptionPredictor] = {}
        self._locks: dict[str, threading.Lock] = {
            feature.name: threading.Lock() for feature in cohort.codebook.features
        }

    @property
    def identity(self) -> ModelIdentity:
        """The baseline, with a hash over what it is fitted on."""
        made_of = f"{self._name}|{VERSION}|{self._cohort.codebook.content_hash}|{self._cohort.split_hash}"
        return ModelIdentity("baseline", self._name, hashlib.sha256(made_of.encode()).hexdigest())

    def health(self) -> EngineHealth:
        """Always ready: fitting happens when a feature is first asked about."""
        where = f"this computer, fitted on {len(self._cohort.training):,} training patients"
        return EngineHealth(True, self.identity, where, "Ready: a baseline, not a language model.")

    def option_logprobs(self, messages: Sequence[Message], letters: Sequence[str]) -> tuple[float, ...]:
        """The logs of the options' probabilities, by letter."""
        probabilities = self._probabilities(read_prompt(messages, self._cohort.codebook))
        if len(letters) != len(probabilities):
            raise ModelError("rejected", "The letters are not those of the options.", retryable=False)
        return tuple(float(np.log(max(p, 1e-12))) for p in probabilities)

    def close(self) -> None:
        """Forgets what was fitted."""
        self._fitted.clear()

    def _reply(self, request: GenerationRequest) -> Completion:
        asked = read_prompt(request.messages, self._cohort.codebook)
        probabilities = self._probabilities(asked)
        chosen = int(np.argmax(probabilities))
        if request.temperature > 0:
            # The letters' distribution at this temperature; the draw depends on the seed and the prompt.
            digest = hashlib.sha256(f"{request.seed}|{request.messages}".encode()).digest()
            weights = np.power(np.maximum(probabilities, 1e-12), 1 / request.temperature)
            rng = np.random.default_rng(int.from_bytes(digest[:8], "little"))
            chosen = int(rng.choice(len(weights), p=weights / weights.sum()))
        shown = letters(len(asked.options))
        shares = ", ".join(f"{letter} {100 * p:.0f} %" for letter, p in zip(shown, probabilities, strict=True))
        text = (
            f" From {len(asked.values)} values of this record the {self._name} baseline gives {shares}. "
            f"The answer is \\boxed{{{shown[chosen]}}}."
        )
        return Completion(text, len(text.split()), "stop")

    def _probabilities(self, asked: ReadPrompt) -> Floats:
        feature = asked.masked
        with self._locks[feature.name]:
            if feature.name not in self._fitted:
                self._fitted[feature.name] = OptionPredictor(self._name, self._cohort, feature.name)
            return self._fitted[feature.name].probabilities(asked.values, asked.options)


class BaselineStream:
    """A baseline's reply: one piece."""

    def __init__(self, completion: Completion) -> None:
        self._completion: Completion | None = completion

    def __iter__(self) -> Iterator[Piece]:
        if self._completion is not None:
            yield Piece(self._completion.text, self._completion.tokens, self._completion.finish_reason)

    def close(self) -> None:
        """Ends the stream."""
        self._completion = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def _split(line: str, section: Mapping[str, Feature]) -> tuple[str, str]:
    """Label and text of a line; a label may itself contain a colon."""
    label = next((name for name in sorted(section, key=len, reverse=True) if line.startswith(f"{name}: ")), None)
    if label is not None:
        return label, line[len(label) + 2 :]
    head, _, tail = line.partition(": ")
    return head, tail


def _value(feature: Feature, text: str) -> float | str:
    if feature.numeric:
        bare = text.removesuffix(feature.unit_label).strip() if feature.unit_label else text
        try:
            return float(bare)
        except ValueError:
            raise _unreadable(f"{feature.label}: {text}") from None
    for level in feature.levels:
        if level.label == text:
            return level.code
    raise _unreadable(f"{feature.label}: {text}")


def _known(section: Mapping[str, Feature], label: str) -> Feature:
    if label not in section:
        raise _unreadable(label)
    return section[label]


def _refuse(text: str) -> float | str:
    raise _unreadable(text)


def _unreadable(text: str) -> ModelError:
    return ModelError("rejected", f"A baseline cannot read this part of the prompt: {text!r}.", retryable=False)
