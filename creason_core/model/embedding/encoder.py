"""A text's vector: the mean of its tokens' vectors, of length 1. The model is static: a token knows no other."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from creason_core.errors import WeightsError
from creason_core.model.embedding.weights import AGAIN, NAME, TOKENIZER, WEIGHTS, check, embedding_hash

Vectors = NDArray[np.float32]
_AT_ONCE = 256  # texts that are cut into tokens together
_MOST_CHARACTERS = 20_000  # of a text; the rest does not count


class Encoder:
    """The embedding model in ``folder``; safe to use from several threads.

    ``hash`` (SHA-256, hex) says which one it is: vectors of another cannot be compared with its own.

    Raises:
        WeightsError: A file is missing, altered or not of this model, or a package that reads it is not installed.
    """

    def __init__(self, folder: Path) -> None:
        check(folder)
        try:
            from safetensors.numpy import load
            from tokenizers import Tokenizer
        except ImportError as error:
            raise WeightsError(
                f"The Python package {error.name} is needed to read the embedding model and is not installed.",
                remedy="Install it: .venv/bin/pip install -c .ci/constraints.txt -e '.[embedded]'.",
            ) from error
        try:
            (table,) = load((folder / WEIGHTS).read_bytes()).values()
            self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        except Exception as error:  # the libraries of Rust raise bare exceptions
            raise WeightsError(f"{folder} cannot be read: {type(error).__name__}.", remedy=AGAIN) from error
        self._table: Vectors = table.astype(np.float32)
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self.name, self.hash = NAME, embedding_hash()

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        return int(self._table.shape[1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """The vectors of ``texts`` (texts × dimensions), each of length 1; that of a text without a token is zero."""
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        for start in range(0, len(texts), _AT_ONCE):
            cut = [text[:_MOST_CHARACTERS] for text in texts[start : start + _AT_ONCE]]
            for row, tokens in enumerate(self._tokenizer.encode_batch(cut, add_special_tokens=False), start):
                if tokens.ids:
                    vectors[row] = self._table[tokens.ids].mean(axis=0)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        lengths[lengths == 0] = 1
        vectors /= lengths
        return vectors
