"""One runtime without our code, timed from inside: ``python -m tests.bench.bare_child NAME FOLDER SCRATCH THREADS``.

``FOLDER`` has the weights, ``SCRATCH`` is where their form for the runtime may be written. Reads lines of JSON from
stdin, ``{"ids": […], "tokens": n}``: a prompt, and how many tokens to write after it, greedily; each prompt is read
from its start. Writes a line for each: seconds to the first token and to the last, and the tokens.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from creason_core.model.engines.child import end_with_parent
from tests.bench.bare_weights import write_ctranslate2, write_gguf

Seen = Callable[[int], None]
Generate = Callable[[list[int], int, Seen], None]  # prompt, tokens to write, told of each


def pytorch(folder: Path, precision: str, threads: int) -> Generate:
    """``generate`` of transformers."""
    import torch
    from transformers import AutoModelForCausalLM
    from transformers.generation.streamers import BaseStreamer

    torch.set_num_threads(threads)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=getattr(torch, precision), local_files_only=True).eval()

    class Told(BaseStreamer):  # type: ignore[misc]
        def __init__(self, seen: Seen) -> None:
            self._seen, self._prompt = seen, True

        def put(self, value: Any) -> None:
            if not self._prompt:  # which comes first
                self._seen(int(value.reshape(-1)[0]))
            self._prompt = False

        def end(self) -> None:
            """Nothing is held back."""

    def generate(ids: list[int], tokens: int, seen: Seen) -> None:
        prompt = torch.tensor([ids])
        asked = {"attention_mask": torch.ones_like(prompt), "min_new_tokens": tokens, "max_new_tokens": tokens}
        with torch.inference_mode():
            model.generate(prompt, do_sample=False, streamer=Told(seen), **asked)

    return generate


def ctranslate2(folder: Path, scratch: Path, precision: str, threads: int) -> Generate:
    """CTranslate2's generator."""
    from ctranslate2 import Generator
    from tokenizers import Tokenizer

    made = scratch / f"ctranslate2-{precision}"
    write_ctranslate2(folder, made)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    model = Generator(str(made), device="cpu", compute_type=precision, inter_threads=1, intra_threads=threads)

    def generate(ids: list[int], tokens: int, seen: Seen) -> None:
        prompt = [tokenizer.id_to_token(at) for at in ids]
        for step in model.generate_tokens(prompt, max_length=tokens, min_length=tokens, sampling_topk=1):
            seen(step.token_id)

    return generate


def llama_cpp(folder: Path, scratch: Path, kind: str, threads: int) -> Generate:
    """llama.cpp by its Python package."""
    from llama_cpp import Llama

    made = scratch / f"{kind}.gguf"
    write_gguf(folder, made, kind)
    # The whole prompt in one batch, as the other runtimes read it.
    model = Llama(
        str(made), n_ctx=2048, n_batch=1024, n_ubatch=1024, n_threads=threads, n_threads_batch=threads, verbose=False
    )

    def generate(ids: list[int], tokens: int, seen: Seen) -> None:
        model.reset()  # else it would go on from where this prompt parts from the last
        for count, token in enumerate(model.generate(ids, temp=0.0), start=1):
            seen(token)
            if count == tokens:
                return

    return generate


def loaded(name: str, folder: Path, scratch: Path, threads: int) -> Generate:
    """The runtime called ``name``: "PyTorch bfloat16", "CTranslate2 int8", "llama.cpp Q8_0" and so on."""
    runtime, precision = name.split()
    if runtime == "PyTorch":
        return pytorch(folder, precision, threads)
    return {"CTranslate2": ctranslate2, "llama.cpp": llama_cpp}[runtime](folder, scratch, precision, threads)


def main(name: str, folder: Path, scratch: Path, threads: int) -> None:
    """Serves one reply a line."""
    end_with_parent()
    os.nice(5)  # as the engine's child
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints must not stand among the figures
    generate = loaded(name, folder, scratch, threads)
    print(json.dumps({"ready": name}), file=out, flush=True)
    for line in sys.stdin:
        print(json.dumps(_timed(generate, **json.loads(line))), file=out, flush=True)


def _timed(generate: Generate, ids: list[int], tokens: int) -> dict[str, float | Sequence[int]]:
    seen: list[tuple[float, int]] = []
    began = time.perf_counter()
    generate(ids, tokens, lambda token: seen.append((time.perf_counter() - began, token)))
    return {"first": seen[0][0], "whole": seen[-1][0], "tokens": [token for _, token in seen]}


if __name__ == "__main__":
    _name, _folder, _scratch, _threads = sys.argv[1:]
    main(_name, Path(_folder), Path(_scratch), int(_threads))
