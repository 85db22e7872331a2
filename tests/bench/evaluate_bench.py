"""Whether `creason evaluate` keeps a vLLM server as busy as vLLM's own benchmark client does.

    .venv/bin/python -m tests.bench.evaluate_bench [--questions N] [--rounds N] [--url URL --model FOLDER]

It starts a server of its own, or uses the one at URL, which must have been started with VLLM_SERVER_DEV_MODE=1.
One server, the same prompts, one sample each, the same sampling and token limit; the two clients take turns, and
the server's prefix cache is emptied before each turn. Both are clocked from their first request to their last
reply, so neither pays for its own start.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from creason_core.cohort.loading import load_cohort
from creason_core.evaluation.completions import StoredCompletion
from creason_core.evaluation.run import Progress, Wanted, evaluate
from creason_core.model.engines.base import Engine
from creason_core.model.engines.limits import Limits
from creason_core.model.engines.serve import build, environment
from creason_core.model.engines.vllm_server import VllmServer
from creason_core.model.engines.weights import model_folder
from creason_core.question.vectorised.table import read_questions
from creason_core.settings import settings
from tests.bench.figures import Figure, figure, header
from tests.model.engines.vllm_process import running_vllm

CONCURRENCY = 32
TOKENS = 128
TEMPERATURE = 0.7
PATIENT = Limits(first_token=3600, idle=360, total=3600)
CLIENT = (
    "from vllm.benchmarks.serve import add_cli_args, main\n"
    "from vllm.utils.argparse_utils import FlexibleArgumentParser\n"
    "parser = FlexibleArgumentParser()\n"
    "add_cli_args(parser)\n"
    "main(parser.parse_args())\n"
)


@dataclass(frozen=True, slots=True)
class Turn:
    """What one client got out of the server."""

    tokens: int
    seconds: float

    @property
    def rate(self) -> float:
        """Generated tokens a second."""
        return self.tokens / self.seconds


def measure(questions: int = 64, rounds: int = 3, url: str = "", folder: Path | None = None) -> Iterator[Figure]:
    """The throughput of both clients, and their ratio round by round."""
    model = folder or model_folder(settings())
    os.environ["VLLM_SERVER_DEV_MODE"] = "1"  # opens the address that empties the prefix cache
    with tempfile.TemporaryDirectory(prefix="creason-bench-") as scratch:
        place = Path(scratch)
        serving = nullcontext(url) if url else running_vllm(model, place / "vllm.log")
        with serving as address:
            pairs = _rounds(address.removesuffix("/v1"), model, place, questions, rounds)
    yield figure("creason evaluate", [ours.rate for ours, _ in pairs], unit="tokens/s")
    yield figure("vLLM's benchmark client", [theirs.rate for _, theirs in pairs], unit="tokens/s")
    ratios = [ours.rate / theirs.rate for ours, theirs in pairs]
    note = f"{questions} prompts, up to {TOKENS} tokens, {CONCURRENCY} at once, {model.name}"
    yield figure("evaluate / benchmark client", ratios, unit="ratio", goal=0.9, sense="at least", note=note)


def _rounds(root: str, model: Path, place: Path, questions: int, rounds: int) -> list[tuple[Turn, Turn]]:
    """Our turn and theirs, round by round; the first round warms the server up and does not count."""
    file = question_file(place, questions)
    theirs_file = _prompts(file, model, place, questions)
    pairs = []
    for turn in range(rounds + 1):
        _empty_cache(root)
        theirs = _bench_client(root, model, theirs_file, place, questions)
        _empty_cache(root)
        engine = VllmServer(f"{root}/v1", limits=PATIENT)
        try:
            pairs.append((evaluation(engine, file, place / f"run-{turn}", questions), theirs))
        finally:
            engine.close()
    return pairs[1:]


def _empty_cache(root: str) -> None:
    urllib.request.urlopen(urllib.request.Request(f"{root}/reset_prefix_cache", method="POST"), timeout=30).close()


def question_file(place: Path, count: int) -> Path:
    """A file in ``place`` of twice as many questions as will be asked."""
    file = place / "questions.parquet"
    line = [sys.executable, "-m", "creason_core.cli", "questions", "build", "--cohort", "rhc-sepsis", "--balanced"]
    subprocess.run([*line, "--limit", str(2 * count), "--out", str(file)], check=True, capture_output=True)
    return file


def _prompts(file: Path, folder: Path, place: Path, count: int) -> Path:
    """The same prompts, with the chat template already applied, for the other client."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    table = read_questions(file)
    cohort = load_cohort(table.meta.cohort)
    ids = table.table["id"].to_pylist()
    chosen = sorted(sorted(range(len(ids)), key=ids.__getitem__)[:count])
    rendered = list(table.messages(cohort))
    path = place / "prompts.jsonl"
    with path.open("w", encoding="utf-8") as lines:
        for row in chosen:
            turns = [{"role": message.role, "content": message.content} for message in rendered[row]]
            text = tokenizer.apply_chat_template(turns, tokenize=False, continue_final_message=True)
            lines.write(json.dumps({"prompt": text}) + "\n")
    return path


def _bench_client(root: str, folder: Path, prompts: Path, place: Path, count: int) -> Turn:
    options = f"--backend openai --base-url {root} --endpoint /v1/completions --model {folder} --dataset-name custom"
    options += f" --served-model-name {folder.name} --dataset-path {prompts} --skip-chat-template --disable-shuffle"
    options += f" --custom-output-len {TOKENS} --num-prompts {count} --max-concurrency {CONCURRENCY}"
    options += f" --temperature {TEMPERATURE} --save-result --result-dir {place} --result-filename theirs.json"
    line = [sys.executable, "-c", CLIENT, *options.split()]
    done = subprocess.run(line, check=False, env=environment(build()), capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"The benchmark client failed:\n{done.stderr[-2000:]}")
    found = json.loads((place / "theirs.json").read_text())
    assert found["completed"] == count, f"the benchmark client completed {found['completed']} of {count}"
    return Turn(int(found["total_output_tokens"]), float(found["duration"]))


def evaluation(engine: Engine, file: Path, out: Path, count: int) -> Turn:
    """Puts ``count`` questions of ``file`` to ``engine``, clocked from the first request to the last reply."""
    clock = _Clock()
    wanted = Wanted(file, out, ("mean",), 1, TEMPERATURE, TOKENS, CONCURRENCY, limit=count)
    cohort = load_cohort(read_questions(file).meta.cohort)
    evaluate(wanted, engine, cohort, out, Progress(clock.begun, clock.arrived))
    return Turn(clock.tokens, clock.latest - clock.started)


class _Clock:
    def __init__(self) -> None:
        self.tokens = 0
        self.started = self.latest = 0.0
        self._lock = threading.Lock()

    def begun(self, _total: int, _done: int) -> None:
        self.started = time.perf_counter()

    def arrived(self, completion: StoredCompletion) -> None:
        with self._lock:
            self.tokens += completion.tokens
            self.latest = time.perf_counter()


def main(arguments: Sequence[str] | None = None) -> int:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description="Evaluation beside vLLM's own benchmark client.")
    parser.add_argument("--questions", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--url", default="", help="a server that runs already, ending in /v1")
    parser.add_argument("--model", type=Path, default=None, help="the folder of the model that it serves")
    wanted = parser.parse_args(arguments)
    print(header())
    for found in measure(wanted.questions, wanted.rounds, wanted.url, wanted.model):
        print(found.row(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
