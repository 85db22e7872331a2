"""The place of a group in a series, in words for lists and exports."""

from collections.abc import Callable, Mapping

from pydantic import ValidationError

from creason_core.question.probing import Removal
from creason_core.record.codebook import Codebook
from creason_core.store.series import SeriesKind


def place_words(kind: SeriesKind, what: str, codebook: Codebook) -> str:
    """What is particular about a place, such as "without Creatinine"; the kind alone where it cannot be read."""
    try:
        return _WORDS[kind](what, codebook) if kind in _WORDS else kind
    except ValidationError:  # of a later version of the program
        return kind


def _removal(what: str, codebook: Codebook) -> str:
    name = Removal.model_validate_json(what).without
    return f"without {codebook.by_name[name].label if name in codebook.by_name else name}"


_WORDS: Mapping[SeriesKind, Callable[[str, Codebook], str]] = {"probe": _removal}
