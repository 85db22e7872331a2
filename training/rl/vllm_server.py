"""A vLLM server of a training run's own, on this machine: started as ``make serve`` starts one, ended with the run."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

from creason_core.errors import SettingsError
from creason_core.model.engines.serve import build, command, environment
from creason_core.private import private_folder
from training.trainer.settings import Engine

START_SECONDS = 600.0  # the first start of a vLLM server compiles
RANKS = (8, 16, 32, 64, 128, 256, 320, 512)  # what vLLM accepts as the highest rank of an adapter


@contextmanager
def rollout_server(model: Path, engine: Engine, rank: int, log: Path, more: Sequence[str] = ()) -> Iterator[str]:
    """The address (without ``/v1``) of a server of ``model`` once it answers; what it says goes to ``log``.

    ``lora``: it takes adapters at run time. ``merged``: it takes new weights at run time. ``more`` are
    further options of vLLM.

    Raises:
        SettingsError: vLLM is not installed, the rank is too high, or the server does not start.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    package = build()
    options, variable = ["--logprobs-mode", "processed_logprobs", *more], "VLLM_SERVER_DEV_MODE"
    if engine == "lora":
        highest = next((one for one in RANKS if one >= rank), None)
        if highest is None:
            raise SettingsError(f"vLLM serves adapters up to rank {RANKS[-1]}, not {rank}.", remedy="Lower lora.r.")
        options += ["--enable-lora", "--max-lora-rank", str(highest), "--max-loras", "1", "--max-cpu-loras", "2"]
        variable = "VLLM_ALLOW_RUNTIME_LORA_UPDATING"
    private_folder(log.parent)
    with log.open("wb") as out:
        server = subprocess.Popen(  # noqa: S603 - our own command line
            [sys.executable, "-m", "training.rl.run_with_parent", *command(str(model), "base", port, package, options)],
            env=environment(package) | {variable: "1"},
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(server, url, log)
        yield url
    finally:
        _end(server)


def _wait(server: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            if httpx.get(f"{url}/health", timeout=5).is_success:
                return
        except httpx.HTTPError:
            pass
        if server.poll() is not None or time.monotonic() > deadline:
            raise SettingsError(
                f"The vLLM server for rollouts did not start; its last words are in {log}.",
                remedy="Correct what it says, or let transformers generate (rollouts: {engine: transformers}).",
            )
        time.sleep(1.0)


def _end(server: "subprocess.Popen[bytes]") -> None:
    if server.poll() is not None:
        return
    os.killpg(server.pid, signal.SIGTERM)
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
