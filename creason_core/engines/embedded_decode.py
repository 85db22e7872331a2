"""Token by token generation with a transformers model, inside the child process.

A loop of our own rather than ``model.generate``: its steps can be interleaved with those of other jobs and
stopped between any two, each reply draws from its own seed, and a reply never depends on who else is being
served. ``tests/bench/engines_bench.py`` holds its speed against ``model.generate``.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from creason_core.engines.embedded_protocol import Job, Row, Turn
from creason_core.errors import ModelError

if TYPE_CHECKING:
    import torch

PREFILL_TOKENS = 256  # read at once: a step must stay short, so that a stop or another job waits little
ROWS_AT_ONCE = 16  # replies decoded together; more would need memory without gaining speed on a CPU
CONTEXT_TAIL = 6  # prompt tokens that give the first new token its spacing


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A causal language model with its tokenizer, on its device."""

    model: Any  # transformers.PreTrainedModel
    tokenizer: Any  # transformers.PreTrainedTokenizerBase
    ends: frozenset[int]  # token ids that end a reply
    context_tokens: int
    device: str


def load(folder: Path) -> LoadedModel:
    """Loads the weights of a checked folder in bfloat16, on a GPU where there is one."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    device = "cuda" if torch.cuda.is_available() else "cpu"
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    model = AutoModelForCausalLM.from_pretrained(
        folder, dtype=torch.bfloat16, local_files_only=True, trust_remote_code=False, use_safetensors=True
    )
    ends = model.generation_config.eos_token_id
    return LoadedModel(
        model.eval().to(device),
        tokenizer,
        frozenset(ends if isinstance(ends, list) else [ends]),
        int(model.config.max_position_embeddings),
        device,
    )


def replies(loaded: LoadedModel, job: Job) -> Iterator[tuple[Row, ...]]:
    """Generates the replies of a job; each step gives the rows that moved, () while the prompt is read.

    Raises:
        ModelError: The prompt does not fit.
    """
    prompt = prompt_ids(loaded, job.messages)
    if len(prompt) + job.max_tokens > loaded.context_tokens:
        raise ModelError(
            "rejected",
            f"The prompt has {len(prompt):,} tokens; with a reply of up to {job.max_tokens:,} that is more than the "
            f"{loaded.context_tokens:,} that this model can hold.",
            remedy="Shorten the record or allow a shorter reply.",
            retryable=False,
        )
    for first in range(0, job.rows, ROWS_AT_ONCE):
        yield from _decode(loaded, job, prompt, range(first, min(first + ROWS_AT_ONCE, job.rows)))


def letter_logprobs(loaded: LoadedModel, job: Job) -> Iterator[tuple[float, ...]]:
    """The log-probabilities of the job's letters as the next token; earlier steps give ().

    Raises:
        ModelError: A letter is not a single token at this place.
    """
    text = prompt_text(loaded, job.messages)
    prompt = _encode(loaded, text)
    continued = [_encode(loaded, text + letter) for letter in job.letters]
    for letter, ids in zip(job.letters, continued, strict=True):
        if ids[:-1] != prompt:
            raise ModelError(
                "rejected",
                f"{letter!r} is not a single token after this prompt, so it has no probability of its own.",
                retryable=False,
            )
    logits, _ = yield from _read(loaded, prompt)
    values = logits[0].log_softmax(-1)
    yield tuple(float(values[ids[-1]]) for ids in continued)


def prompt_text(loaded: LoadedModel, messages: Sequence[Turn]) -> str:
    """The conversation in the model's chat template, ending where the reply begins or goes on."""
    prefilled = messages[-1].role == "assistant"
    return str(
        loaded.tokenizer.apply_chat_template(
            [{"role": turn.role, "content": turn.content} for turn in messages],
            tokenize=False,
            continue_final_message=prefilled,
            add_generation_prompt=not prefilled,
        )
    )


def prompt_ids(loaded: LoadedModel, messages: Sequence[Turn]) -> list[int]:
    """The token ids of ``prompt_text``."""
    return _encode(loaded, prompt_text(loaded, messages))


def _encode(loaded: LoadedModel, text: str) -> list[int]:
    return list(loaded.tokenizer.encode(text, add_special_tokens=False))


def _read(loaded: LoadedModel, prompt: list[int]) -> Generator[tuple[()], None, tuple["torch.Tensor", Any]]:
    """Runs the prompt through the model in steps; returns the logits (1 × vocabulary) after it and the cache."""
    from transformers import DynamicCache

    cache = DynamicCache(config=loaded.model.config)
    for first in range(0, len(prompt), PREFILL_TOKENS):
        if first:
            yield ()
        logits = _forward(loaded, [prompt[first : first + PREFILL_TOKENS]], cache)
    return logits, cache


def _forward(loaded: LoadedModel, ids: list[list[int]], cache: Any) -> "torch.Tensor":
    """The logits (rows × vocabulary, float32) after the last of ``ids`` (rows × tokens)."""
    import torch

    tokens = torch.tensor(ids, device=loaded.device)
    logits: torch.Tensor = loaded.model(input_ids=tokens, past_key_values=cache, logits_to_keep=1).logits
    return logits[:, -1].float()


def _decode(loaded: LoadedModel, job: Job, prompt: list[int], rows: range) -> Iterator[tuple[Row, ...]]:
    """Generates some rows of a job together, from one reading of the prompt."""
    import torch

    logits, cache = yield from _read(loaded, prompt)
    if len(rows) > 1:
        cache.batch_repeat_interleave(len(rows))
        logits = logits.expand(len(rows), -1)
    writers = [_Writer(loaded, job, row, prompt[-CONTEXT_TAIL:]) for row in rows]
    while True:
        chosen = [writer.choose(logits[place]) for place, writer in enumerate(writers)]
        yield tuple(writer.write(token) for writer, token in zip(writers, chosen, strict=True))
        going = [place for place, writer in enumerate(writers) if writer.finish_reason is None]
        if not going:
            return
        if len(going) < len(writers):
            cache.batch_select_indices(torch.tensor(going, device=loaded.device))
            writers = [writers[place] for place in going]
        logits = _forward(loaded, [[chosen[place]] for place in going], cache)


class _Writer:
    """One reply: draws its tokens with its own seed and turns them into text without broken characters."""

    def __init__(self, loaded: LoadedModel, job: Job, row: int, before: list[int]) -> None:
        import torch

        self.row = row
        self.tokens = 0
        self.finish_reason: Any = None
        self._loaded = loaded
        self._temperature = job.temperature
        self._max_tokens = job.max_tokens
        self._random = torch.Generator().manual_seed((job.seed + row) % 2**63)
        self._ids = list(before)
        self._shown = len(before)  # ids whose text has been handed out
        self._from = 0  # ids decoded again, for their spacing

    def choose(self, logits: "torch.Tensor") -> int:
        """The next token: the likeliest at temperature 0, else a draw from the whole distribution (Gumbel-max)."""
        import torch

        if self._temperature <= 0:
            return int(logits.argmax())
        noise = torch.empty(logits.shape[-1]).exponential_(generator=self._random).log_().to(logits.device)
        return int((logits / self._temperature - noise).argmax())

    def write(self, token: int) -> Row:
        """Takes up a token. Bytes of an unfinished character are held back until it is whole."""
        self.tokens += 1
        if token in self._loaded.ends:
            self.finish_reason = "stop"
        else:
            self._ids.append(token)
            if self.tokens >= self._max_tokens:
                self.finish_reason = "length"
        return Row(row=self.row, text=self._new_text(), tokens=self.tokens, finish_reason=self.finish_reason)

    def _new_text(self) -> str:
        shown, whole = (
            self._loaded.tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)
            for ids in (self._ids[self._from : self._shown], self._ids[self._from :])
        )
        if whole.endswith("\ufffd"):
            if self.finish_reason is None:
                return ""
            whole = whole.rstrip("\ufffd")
        self._from, self._shown = self._shown, len(self._ids)
        return str(whole[len(shown) :])
