"""The runtimes that a user could take in place of this program's, each in a child process that nothing of ours slows.

PyTorch is there for training. The others are installed by this measurement alone, each into a folder of its own inside
the environment that no ``import`` of the program finds.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tqdm import tqdm

from creason_core.model.engines.embedded_text import read_words
from creason_core.model.engines.processor import processor
from tests.bench.engine_rounds import Timed

PLACE = Path(sys.prefix) / "bench"
THREADS = 2
INSTALL_SECONDS = 1500  # one of them is compiled
CTRANSLATE2 = ("ctranslate2==4.8.5",)
LLAMA_CPP = ("llama-cpp-python==0.3.36", "diskcache==5.6.3")  # a source package, and what it imports besides


class Bare:
    """A runtime at work."""

    def __init__(self, name: str, folder: Path, scratch: Path, packages: Path | None) -> None:
        self.name = name
        self._words = read_words(folder)
        paths = [str(packages)] if packages else []
        more = {"PYTHONPATH": os.pathsep.join([*paths, *filter(None, [os.environ.get("PYTHONPATH")])])}
        self._said = (scratch / f"{name}.log").open("w+b")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.bare_child", name, str(folder), str(scratch), str(THREADS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            env=os.environ | more,
            text=True,
        )
        try:
            self._answer()
        except BaseException:
            self.close()
            raise

    def reply(self, ids: Sequence[int], tokens: int) -> Timed:
        """Reads a prompt from its start and writes so many tokens, greedily."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"ids": list(ids), "tokens": tokens}) + "\n")
        self._process.stdin.flush()
        told = self._answer()
        assert len(told["tokens"]) == tokens, f"{self.name} wrote {len(told['tokens'])} of {tokens} tokens"
        return Timed(told["first"], told["whole"], tokens, self._words.decoded(told["tokens"]))

    def close(self) -> None:
        """Ends the child."""
        self._process.kill()
        self._process.wait()
        self._said.close()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        if line := self._process.stdout.readline():
            found: dict[str, Any] = json.loads(line)
            return found
        self._said.seek(0)
        last = (self._said.read().decode(errors="replace").strip().splitlines() or ["it said nothing"])[-1]
        raise RuntimeError(f"{self.name} ended: {last}")


def install(packages: Sequence[str]) -> Path:
    """The folder that ``packages`` are in, installed where they are not; none of what they require comes along.

    Raises:
        RuntimeError: They cannot be installed, with pip's last line.
    """
    folder = PLACE / packages[0]
    if folder.exists():
        return folder
    PLACE.mkdir(exist_ok=True)
    sys.stderr.write(f"Installing {', '.join(packages)} for this measurement; what is compiled takes minutes.\n")
    with tempfile.TemporaryDirectory(dir=PLACE) as scratch:
        made = Path(scratch) / "packages"
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
        line = [*pip, "--no-deps", "--target", str(made), *packages]
        try:
            done = subprocess.run(line, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            raise RuntimeError(f"{packages[0]} was not installed within {INSTALL_SECONDS} s") from None
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
            raise RuntimeError(f"{packages[0]} cannot be installed here: {last}")
        made.rename(folder)
    return folder


@contextmanager
def bare_runtimes(folder: Path) -> Iterator[tuple[list[Bare], list[str]]]:
    """Every runtime that can be had here, with the weights in ``folder``; and a line on each that cannot."""
    wanted: list[tuple[str, tuple[str, ...]]] = [(f"PyTorch {processor().precision}", ())]
    wanted += [(f"CTranslate2 {kind}", CTRANSLATE2) for kind in ("float32", "int8")]
    wanted += [(f"llama.cpp {kind}", LLAMA_CPP) for kind in ("F32", "Q8_0")]
    found: list[Bare] = []
    missing: list[str] = []
    with tempfile.TemporaryDirectory(prefix="creason-bench-") as scratch:
        try:
            for name, packages in tqdm(wanted, desc="Loading bare runtimes"):
                try:
                    found.append(Bare(name, folder, Path(scratch), install(packages) if packages else None))
                except RuntimeError as error:
                    missing.append(f"without {name}: {error}")
            yield found, missing
        finally:
            for bare in found:
                bare.close()
