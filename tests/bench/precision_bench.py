"""What the data type costs a vLLM server on this processor, and on one that is taken for an AVX2 one without bfloat16.

For each processor two servers of the same weights, one a data type, are asked in turns: a prompt of some 520 tokens
that none has seen, to its first token and on to the end of its reply, then five replies to another such prompt at once.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from creason_core.errors import ModelError
from creason_core.model.engines.base import GenerationRequest, Message
from creason_core.model.engines.limits import Limits
from creason_core.model.engines.processor import processor
from creason_core.model.engines.vllm_server import VllmServer
from creason_core.model.engines.weights import model_folder
from creason_core.settings import settings
from tests.bench.figures import Figure, figure
from tests.model.engines.vllm_process import running_vllm

ROUNDS = 5
REPLIES = 5
TOKENS = 124
PATIENT = Limits(first_token=600.0, idle=600.0, total=1200.0)
# Before a server answers it computes a prompt of the greatest length, which in emulated bfloat16 takes minutes.
SHORT = ("--max-model-len", "1024", "--max-num-batched-tokens", "1024")
# vLLM asks PyTorch which of its libraries to load, and PyTorch asks the processor itself.
LESSER = "import torch\ntorch.cpu._is_avx512_supported = torch.cpu._is_avx512_bf16_supported = lambda: False\n"


def measure() -> Iterator[Figure]:
    """The figures of both processors; of one where this has no bfloat16 itself."""
    folder = model_folder(settings())
    if processor().precision == "bfloat16":
        yield from _compared(folder, "as it is", {})
    yield from _compared(folder, "as AVX2", {"CREASON_PROCESSOR": "avx2"})


def _compared(folder: Path, name: str, more: dict[str, str]) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="creason-bench-") as scratch, ExitStack() as open_:
        place = Path(scratch)
        if more:
            (place / "sitecustomize.py").write_text(LESSER, encoding="utf-8")
            more = more | {"PYTHONPATH": str(place)}
        engines = {}
        for precision in ("bfloat16", "float32"):
            log = place / f"{precision}.log"
            url = open_.enter_context(running_vllm(folder, log, "--", "--dtype", precision, *SHORT, **more))
            engines[precision] = open_.enter_context(_engine(url))
            assert engines[precision].health().identity.precision == precision
        rounds = [{kind: _times(engine, turn) for kind, engine in _order(engines, turn)} for turn in range(ROUNDS + 1)]
    for what, unit in (("first token", "s"), ("one reply", "tokens/s"), (f"{REPLIES} replies", "tokens/s")):
        pairs = [(one["bfloat16"][what], one["float32"][what]) for one in rounds[1:]]
        for number, precision in enumerate(("bfloat16", "float32")):
            yield figure(f"{name}: {what}, {precision}", [pair[number] for pair in pairs], unit=unit)
        faster = [sixteen / full if unit == "s" else full / sixteen for sixteen, full in pairs]
        yield figure(f"{name}: {what}, how much faster float32 is", faster, unit="ratio")


class _engine(VllmServer):  # noqa: N801 - closes at the end of a block
    def __init__(self, url: str) -> None:
        super().__init__(url, limits=PATIENT)

    def __enter__(self) -> "_engine":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _order(engines: dict[str, _engine], turn: int) -> list[tuple[str, _engine]]:
    pairs = list(engines.items())
    return pairs[::-1] if turn % 2 else pairs


def _times(engine: VllmServer, turn: int) -> dict[str, float]:
    """The next prompt where a reply is empty, which an engine refuses and so has no speed."""
    try:
        return _clocked(engine, turn)
    except ModelError as error:
        if error.kind != "empty":
            raise
        return _times(engine, turn + 10 * ROUNDS)


def _clocked(engine: VllmServer, turn: int) -> dict[str, float]:
    began = time.perf_counter()
    first, tokens = 0.0, 0
    for piece in engine.stream(_request(2 * turn)):
        first = first or time.perf_counter() - began
        tokens = piece.tokens
    one = (tokens - 1) / (time.perf_counter() - began - first)
    began = time.perf_counter()
    replies = sum(reply.tokens for reply in engine.sample(_request(2 * turn + 1), REPLIES))
    return {"first token": first, "one reply": one, f"{REPLIES} replies": replies / (time.perf_counter() - began)}


def _request(number: int) -> GenerationRequest:
    """A prompt whose very start is its own, so that nothing of it is cached."""
    record = "\n".join(f"- finding {k}: {(k + number) * 7 % 90 + 10}.{k % 10} mmol/L" for k in range(30))
    asked = Message("user", f"{number}\n{record}\n\nTell at great length what each finding may mean.")
    return GenerationRequest((asked, Message("assistant", "Let's think step by step.")), TOKENS, 0.8, 100 * number)
