"""What in a model's configuration would make a library run code that is not part of it; found without running any.

The file is parsed as the libraries parse it, so an escape in a key hides nothing, and every object is looked at, of a
key that stands twice both values. Vocabularies are objects too: there a token by the name of such a key has a number.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

Pairs = list[tuple[str, Any]]


def _given(value: object) -> bool:
    """Whether a key asks for anything: not null, and no token's number."""
    return value is not None and not isinstance(value, int | float)


def _true(value: object) -> bool:
    return value is True or (isinstance(value, str) and bool(value))


def _from_hub(value: object) -> bool:
    """Whether an implementation is a repository of kernels: "owner/name", also for a part of the model."""
    found = value.values() if isinstance(value, _Object) else [value]
    return any(isinstance(one, str) and "/" in one for one in found)


def _foreign_library(value: object) -> bool:
    """Whether PEFT would import another library than transformers for the model's class."""
    if not isinstance(value, _Object):
        return _given(value)
    return any(not f"{library}.".startswith("transformers.") for library in value.all("parent_library"))


# Read in transformers 5.19 and PEFT 0.21: keys by which a configuration names code to import, download or run.
ASKS_FOR_CODE: dict[str, Callable[[object], bool]] = {
    "auto_map": _given,
    "custom_pipelines": _given,
    "custom_generate": _given,
    "trust_remote_code": _true,
    "attn_implementation": _from_hub,
    "_attn_implementation": _from_hub,
    "_attn_implementation_internal": _from_hub,
    "experts_implementation": _from_hub,
    "_experts_implementation": _from_hub,
    "_experts_implementation_internal": _from_hub,
    "auto_mapping": _foreign_library,
    "megatron_config": _given,  # with it PEFT imports the module named by megatron_core
}


class _Object:
    """A JSON object with every pair that was written, keys that stand twice included."""

    def __init__(self, pairs: Pairs) -> None:
        self.pairs = pairs

    def all(self, key: str) -> list[object]:
        return [value for name, value in self.pairs if name == key]

    def values(self) -> list[object]:
        return [value for _, value in self.pairs]


def code_asked_for(content: bytes) -> str:
    """The first key of a JSON file that asks for code, empty where none does.

    Raises:
        ValueError: The content is not JSON in UTF-8, or nested too deeply to be read.
    """
    try:
        parsed = json.loads(content.decode("utf-8"), object_pairs_hook=_Object)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return next(_asking(parsed), "")


def _asking(parsed: object) -> Iterator[str]:
    waiting = [parsed]
    while waiting:
        value = waiting.pop()
        if isinstance(value, _Object):
            yield from (key for key, given in value.pairs if key in ASKS_FOR_CODE and ASKS_FOR_CODE[key](given))
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
