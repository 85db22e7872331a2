"""Batched generation by transformers as an engine, for an evaluation where no vLLM is at hand.

Many threads ask for a reply each; what waits is padded on the left and written together. Sampled replies of one batch
share a generator, so a seed does not give the same text again; greedy ones do, up to rounding.
"""

import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from creason_core.errors import ModelError
from creason_core.files import sha256
from creason_core.model.adapters.manifest import CONFIG, WEIGHTS
from creason_core.model.engines.base import (
    Capabilities,
    Completion,
    EngineHealth,
    GenerationRequest,
    Message,
    ModelIdentity,
    TokenStream,
)
from creason_core.model.engines.weights import MANIFEST, files_hash, read_manifest
from training.data.prompts import chat_template_text
from training.trainer.weights import base_folder, in_bfloat16, load_model, load_tokenizer, weight_hashes

_WAIT = 0.1  # seconds without a further request after which a batch is begun
Asked = tuple[GenerationRequest, "Future[Completion]"]


class Batched:
    """The model ``base`` with ``adapter`` merged into it, in what training computes in here (``in_bfloat16``).

    ``at_once`` replies are written together; behind ``until`` (seconds of ``clock``) none is begun or waited for.
    """

    def __init__(
        self,
        base: str,
        adapter: Path | None,
        *,
        at_once: int,
        until: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        import torch

        self._at_once, self._until, self._clock = at_once, until, clock
        self._tokenizer = load_tokenizer(base)
        self._tokenizer.padding_side = "left"
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        dtype = torch.bfloat16 if in_bfloat16() else torch.float32
        self._model = _merged(base, adapter).to(self._device, dtype).eval()
        self.identity = _identity(base, adapter)
        self._waiting: queue.SimpleQueue[Asked | None] = queue.SimpleQueue()
        self._open, self._closed = threading.Lock(), False
        self._thread = threading.Thread(target=self._work, name="batches", daemon=True)
        self._thread.start()

    @property
    def capabilities(self) -> Capabilities:
        """Writes ``at_once`` replies together, and nothing but replies."""
        return Capabilities(self._at_once, logprobs=False, reads_ahead=False, repeats=False, interleaves=True)

    def health(self) -> EngineHealth:
        """Ready once it is made."""
        return EngineHealth(True, self.identity, f"this computer, {self._device}", "Ready.")

    def stream(self, request: GenerationRequest) -> TokenStream:  # noqa: ARG002
        """Not offered: an evaluation asks for whole replies."""
        raise ModelError("rejected", "This engine gives whole replies only.", retryable=False)

    def option_logprobs(self, messages: Sequence[Message], letters: Sequence[str]) -> tuple[float, ...]:  # noqa: ARG002
        """Not offered."""
        raise ModelError("rejected", "This engine gives no probabilities of letters.", retryable=False)

    def sample(self, request: GenerationRequest, n: int) -> tuple[Completion, ...]:
        """``n`` replies, written beside those that other threads wait for.

        Raises:
            ModelError: The time is used up, the reply is empty, or the model failed.
        """
        replies: list[Future[Completion]] = [Future() for _ in range(n)]
        with self._open:
            if self._closed:
                raise _late()
            for reply in replies:
                self._waiting.put((request, reply))
        return tuple(reply.result() for reply in replies)

    def close(self) -> None:
        """Ends when what waits is answered; whoever asks afterwards is refused, and none is left waiting."""
        with self._open:
            self._closed = True
            self._waiting.put(None)
        self._thread.join()

    def _work(self) -> None:
        while batch := self._batch():
            alike: dict[tuple[float, int], list[Asked]] = {}
            for asked in batch:
                alike.setdefault((asked[0].temperature, asked[0].max_tokens), []).append(asked)
            for group in alike.values():
                try:
                    found = self._write([request for request, _ in group])
                except Exception as error:  # noqa: BLE001 - who waits must hear of it, whatever it is
                    for _, reply in group:
                        reply.set_exception(_fault(error))
                    continue
                for (_, reply), completion in zip(group, found, strict=True):
                    if completion.text:
                        reply.set_result(completion)
                    else:
                        reply.set_exception(ModelError("empty", "The model wrote nothing.", retryable=False))

    def _batch(self) -> list[Asked]:
        """What waits, at least one and at most ``at_once``; empty once the engine is closed."""
        asked = self._waiting.get()
        batch: list[Asked] = []
        while asked is not None:
            batch.append(asked)
            if len(batch) == self._at_once:
                return batch
            try:
                asked = self._waiting.get(timeout=_WAIT)
            except queue.Empty:
                return batch
        if batch:
            self._waiting.put(None)  # what is there first; nothing comes behind it
        return batch

    def _write(self, requests: Sequence[GenerationRequest]) -> list[Completion]:
        import torch

        left = self._until - self._clock()
        if left <= 0:
            raise _late()
        first = requests[0]
        texts = [chat_template_text(self._tokenizer, request.messages) for request in requests]
        inputs = self._tokenizer(texts, padding=True, add_special_tokens=False, return_tensors="pt").to(self._device)
        drawn: dict[str, Any] = {"do_sample": False}
        if first.temperature > 0:
            torch.manual_seed(first.seed)
            drawn = {"do_sample": True, "temperature": first.temperature, "top_k": 0, "top_p": 1.0}
        with torch.inference_mode():
            written = self._model.generate(
                **inputs,
                **drawn,
                max_new_tokens=first.max_tokens,
                max_time=left,
                pad_token_id=self._tokenizer.pad_token_id,
            )
        if self._clock() >= self._until:  # cut off by the clock, which says nothing of the model
            raise _late()
        return [self._completion(ids.tolist()) for ids in written[:, inputs["input_ids"].shape[1] :]]

    def _completion(self, ids: list[int]) -> Completion:
        ends = self._model.generation_config.eos_token_id
        stops = {ends} if isinstance(ends, int) else set(ends or [self._tokenizer.eos_token_id])
        length = next((place for place, token in enumerate(ids) if token in stops), len(ids))
        text = self._tokenizer.decode(ids[:length], skip_special_tokens=True)
        stopped = length < len(ids)
        return Completion(text, length + stopped, "stop" if stopped else "length")


def _merged(base: str, adapter: Path | None) -> Any:
    import torch
    from peft import PeftModel

    model = load_model(base, torch.float32)
    return model if adapter is None else PeftModel.from_pretrained(model, str(adapter)).merge_and_unload()


def _identity(base: str, adapter: Path | None) -> ModelIdentity:
    """By its manifest where a folder has one, else by its name and the hashes of its weights."""
    from creason_core.model.adapters.manifest import read_manifest as read_adapter

    folder = base_folder(base)
    sealed = (folder / MANIFEST).is_file()
    model, digest = (found.model, found.hash) if sealed and (found := read_manifest(folder).manifest) else ("", "")
    name, added = "", ""
    if adapter is not None and (adapter / MANIFEST).is_file():
        manifest = read_adapter(adapter)
        name, added = manifest.title, manifest.hash
    elif adapter is not None:
        name, added = adapter.name, files_hash({file: sha256(adapter / file) for file in (CONFIG, WEIGHTS)})
    return ModelIdentity(
        "transformers",
        model or folder.name,
        digest or files_hash(weight_hashes(folder)),
        name,
        added,
        "transformers",
        "bfloat16" if in_bfloat16() else "float32",
    )


def _late() -> ModelError:
    return ModelError("timeout", "The time was used up.", retryable=False)


def _fault(error: Exception) -> ModelError:
    if isinstance(error, ModelError):
        return error
    return ModelError("failed", f"transformers could not write: {type(error).__name__}.", retryable=False)
