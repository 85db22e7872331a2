"""Who is read and who writes next, inside the child process: replies of all jobs grow together, a token a step.

Each step reads a piece of one prompt, if one is waiting, and adds a token to every reply that has begun, so that a stop
or a new job waits little. A prompt that begins like a text which the model still remembers is read from where they
part: the samples of a question share all but their options, its next question most of the record.

Each reply draws with its own seed, and is the same whoever else is served, as far as measured (docs/decisions.md).
"""

import itertools
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from creason_core.errors import ModelError
from creason_core.model.engines.base import FinishReason
from creason_core.model.engines.embedded_model import SlotModel
from creason_core.model.engines.embedded_protocol import (
    ROWS_AT_ONCE,
    ChildJob,
    Ended,
    JobEvent,
    Logprobs,
    PromptReading,
    ReplyText,
    Started,
    Text,
)
from creason_core.model.engines.embedded_text import ChatTokenizer, Unfolding

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

PIECE_TOKENS = 128  # read at once: a step must stay short
REMEMBERED = 4  # texts remembered beside them


@dataclass(slots=True)
class _Prompt:
    """A prompt that is to be read for a job, and for which of its rows."""

    job: ChildJob
    row: int
    ids: list[int]
    slot: int = -1  # before it begins


@dataclass(slots=True)
class _Writer:
    """One reply that is being written: what it draws with, and what it last drew."""

    job: ChildJob
    row: int
    text: Unfolding
    random: "np.random.Generator"
    token: int = -1
    tokens: int = 0
    finish_reason: FinishReason | None = None

    def take(self, logits: "NDArray[np.float32]", ends: frozenset[int]) -> ReplyText:
        """Takes the next token: the likeliest at temperature 0, else a draw from the whole distribution."""
        self.token = self._drawn(logits) if self.job.temperature > 0 else int(logits.argmax())
        self.tokens += 1
        if self.token in ends:
            self.finish_reason = "stop"
        else:
            self.text.add(self.token)
            if self.tokens >= self.job.max_tokens:
                self.finish_reason = "length"
        new = self.text.new(last=self.finish_reason is not None)
        return ReplyText(row=self.row, text=new, tokens=self.tokens, finish_reason=self.finish_reason)

    def _drawn(self, logits: "NDArray[np.float32]") -> int:
        import numpy as np

        heights = np.exp((logits - logits.max()) / np.float32(self.job.temperature)).cumsum(dtype=np.float64)
        return int(min(heights.searchsorted(self.random.random() * heights[-1], side="right"), len(heights) - 1))


@dataclass(slots=True)
class Batch:
    """The jobs of the child. ``add``, ``cancel`` and ``step`` are called from one thread."""

    model: SlotModel
    words: ChatTokenizer
    _prompts: deque[_Prompt] = field(default_factory=deque)
    _ahead: deque[_Prompt] = field(default_factory=deque)  # read where nothing else waits
    _writers: list[_Writer] = field(default_factory=list)  # the n-th writes into slot n
    _started: set[int] = field(default_factory=set)
    _used: list[int] = field(default_factory=list)  # when each slot was last needed
    _clock: "itertools.count[int]" = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self._used = [0] * len(self.model.slots.texts)

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do."""
        return not (self._prompts or self._ahead or self._writers)

    def add(self, job: ChildJob) -> None:
        """Puts a job in line.

        Raises:
            ModelError: Its prompt does not fit, or a letter has no probability of its own.
        """
        ids = self.words.ids(self.words.prompt(job.messages))
        self._check_length(len(ids), job.max_tokens)
        if job.ahead:
            self._ahead.clear()  # the newest is what will be asked, if anything is
            self._ahead.append(_Prompt(job, 0, ids))
        elif job.letters:
            self._letter_ids(job, ids)
            self._prompts.append(_Prompt(job, 0, ids))
        else:
            self._prompts.extend(_Prompt(job, row, ids) for row in range(job.rows))

    def cancel(self, job: int) -> None:
        """Ends a job; what was read of its prompt is remembered."""
        self._prompts = deque(prompt for prompt in self._prompts if prompt.job.id != job)
        for place in reversed(range(len(self._writers))):
            if self._writers[place].job.id == job:
                self._leave(place)
        self._started.discard(job)

    def clear(self) -> list[int]:
        """Drops everything, and what is remembered, after a fault; the ids of the jobs that had begun or waited."""
        jobs = {prompt.job.id for prompt in self._prompts} | self._started
        for queue in (self._prompts, self._ahead, self._writers, self._started):
            queue.clear()
        for slot in range(len(self.model.slots.texts)):
            self.model.slots.cut(slot, 0)
        return sorted(jobs)

    def step(self) -> Iterator[JobEvent]:
        """A piece of a prompt, and a token of every reply."""
        if self._prompts and (self._prompts[0].slot >= 0 or len(self._writers) < ROWS_AT_ONCE):
            yield from self._read(self._prompts[0])
        elif self._ahead and not self._prompts and not self._writers:
            yield from self._read(self._ahead[0])
        if self._writers:
            yield from self._write()

    def _read(self, prompt: _Prompt) -> Iterator[JobEvent]:
        """Reads a piece of a prompt; after the last one its reply begins."""
        job, slots = prompt.job, self.model.slots
        if prompt.slot < 0:
            if job.id not in self._started and not job.ahead:
                self._started.add(job.id)
                yield Started(id=job.id)
            prompt.slot = self._begin(prompt.ids)
        self._used[prompt.slot] = next(self._clock)
        rest = prompt.ids[len(slots.texts[prompt.slot]) :]
        logits = self.model.read(prompt.slot, rest if len(rest) <= PIECE_TOKENS + 1 else rest[:PIECE_TOKENS])
        known = len(slots.texts[prompt.slot])
        if job.ahead:
            if known == len(prompt.ids):
                self._ahead.popleft()
            return
        if known < len(prompt.ids):
            yield PromptReading(id=job.id, done=known, of=len(prompt.ids))
            return
        self._prompts.popleft()
        if job.letters:
            yield self._letters(job, prompt.ids, logits)
            yield self._ended(job)
        else:
            yield from self._enter(prompt, logits)

    def _begin(self, ids: Sequence[int]) -> int:
        """A slot that nobody writes into, with as much of ``ids`` in it as any slot remembers, but for two tokens."""
        slots, busy = self.model.slots, len(self._writers)
        for prompt in self._ahead:
            prompt.slot = -1  # its slot may be taken now; what it has read is found again
        free = min(range(busy, len(slots.texts)), key=self._used.__getitem__)
        shared, source = slots.shared(ids[:-2])
        if source == free:
            slots.cut(free, shared)
        else:
            self._used[source] = next(self._clock)
            slots.copy(source, free, shared)
        return free

    def _enter(self, prompt: _Prompt, logits: "NDArray[np.float32]") -> Iterator[JobEvent]:
        """Lets a prompt's reply begin: its slot becomes the next one that is written into."""
        import numpy as np

        place = len(self._writers)
        writer = _Writer(
            prompt.job,
            prompt.row,
            Unfolding(self.words, prompt.ids),
            np.random.default_rng((prompt.job.seed + prompt.row) % 2**63),
        )
        row = writer.take(logits, self.model.config.ends)
        self._exchange(prompt.slot, place)
        self._writers.append(writer)
        yield Text(id=prompt.job.id, rows=(row,))
        if writer.finish_reason:
            self._leave(place)
            yield from self._after(prompt.job)

    def _write(self) -> Iterator[JobEvent]:
        """A token of every reply; those that end leave."""
        logits = self.model.step([writer.token for writer in self._writers])
        rows = [writer.take(logits[place], self.model.config.ends) for place, writer in enumerate(self._writers)]
        jobs: dict[int, tuple[ChildJob, list[ReplyText]]] = {}
        for writer, row in zip(self._writers, rows, strict=True):
            jobs.setdefault(writer.job.id, (writer.job, []))[1].append(row)
        for place in reversed(range(len(self._writers))):
            self._used[place] = next(self._clock)
            if self._writers[place].finish_reason:
                self._leave(place)
        for job, of_job in jobs.values():
            yield Text(id=job.id, rows=tuple(of_job))
            yield from self._after(job)

    def _after(self, job: ChildJob) -> Iterator[JobEvent]:
        """The end of a job whose every reply has ended."""
        if job.id not in {writer.job.id for writer in self._writers} | {prompt.job.id for prompt in self._prompts}:
            yield self._ended(job)

    def _ended(self, job: ChildJob) -> Ended:
        self._started.discard(job.id)
        return Ended(id=job.id)

    def _leave(self, place: int) -> None:
        """Takes a reply out; the last one takes its place, and its text is remembered."""
        last = len(self._writers) - 1
        self._exchange(place, last)
        self._writers[place] = self._writers[last]
        self._writers.pop()

    def _exchange(self, one: int, other: int) -> None:
        self.model.slots.swap(one, other)
        self._used[one], self._used[other] = self._used[other], self._used[one]
        for prompt in (*self._prompts, *self._ahead):
            prompt.slot = {one: other, other: one}.get(prompt.slot, prompt.slot)

    def _check_length(self, prompt: int, reply: int) -> None:
        most = self.model.config.max_position_embeddings
        if prompt + reply > most:
            raise ModelError(
                "rejected",
                f"The prompt has {prompt:,} tokens; with a reply of up to {reply:,} that is more than the {most:,} "
                "that this model can hold.",
                remedy="Shorten the record or allow a shorter reply.",
                retryable=False,
            )

    def _letter_ids(self, job: ChildJob, prompt: Sequence[int]) -> list[int]:
        """The token of each letter after the prompt."""
        text = self.words.prompt(job.messages)
        found = []
        for letter in job.letters:
            *before, last = self.words.ids(text + letter)
            if before != prompt:
                raise ModelError(
                    "rejected",
                    f"{letter!r} is not a single token after this prompt, so it has no probability of its own.",
                    retryable=False,
                )
            found.append(last)
        return found

    def _letters(self, job: ChildJob, prompt: Sequence[int], logits: "NDArray[np.float32]") -> Logprobs:
        import numpy as np

        wide = logits.astype(np.float64)
        whole = wide.max() + np.log(np.exp(wide - wide.max()).sum())
        return Logprobs(id=job.id, values=tuple(float(wide[at] - whole) for at in self._letter_ids(job, prompt)))
