"""A library from its files, read strictly, with what is wrong told in words."""

from collections.abc import Hashable, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml
from pydantic import ValidationError

from creason_core.errors import GuidelineError
from creason_core.guideline.checking import problems
from creason_core.guideline.library import Library
from creason_core.record.codebook import SafeLoader

_TOLD = 5
_REMEDY = "Correct that file, or reinstall the program."


class OnceLoader(SafeLoader):  # type: ignore[misc,valid-type]
    """YAML without a word that could be code, in which no key may come twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """The mapping of a node, whose keys all differ."""
        keys = [key.value for key, _ in node.value]
        if twice := [key for key in keys if keys.count(key) > 1]:
            raise yaml.constructor.ConstructorError(
                None, None, f"the key '{twice[0]}' comes twice", node.start_mark
            )  # the last one would win in silence
        made: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return made


def parse_library(text: str, facts: str, origin: str) -> Library:
    """The library of the YAML ``text``, with the patient facts of the YAML ``facts``; ``origin`` names it in errors.

    Raises:
        GuidelineError: It is no YAML, or breaks a rule; the message says where.
    """
    content = _mapping(text, origin) | {"vocabulary": _mapping(facts, f"{origin} (patient facts)")}
    try:
        library = Library.model_validate(content)
    except ValidationError as error:
        told = [_place(content, found["loc"]) + found["msg"].removeprefix("Value error, ") for found in error.errors()]
        raise _broken(origin, told) from error
    if wrong := problems(library):
        raise _broken(origin, list(wrong))
    return library


@lru_cache(maxsize=1)
def starter_library() -> Library:
    """The library that ships.

    Raises:
        GuidelineError: Its files are missing or were damaged.
    """
    folder = files("creason_core.guideline")
    try:
        text, facts = ((folder / name).read_text(encoding="utf-8") for name in ("starter.yaml", "facts.yaml"))
    except (OSError, UnicodeDecodeError) as error:
        raise GuidelineError("The library of guidelines cannot be read.", remedy="Reinstall the program.") from error
    return parse_library(text, facts, "starter.yaml")


def in_sentences(told: Sequence[str]) -> str:
    """The first of what is wrong with a file as sentences, and how many more there are."""
    more = f" {len(told) - _TOLD} more follow." if len(told) > _TOLD else ""
    return " ".join(f"{one.rstrip('.')}." for one in told[:_TOLD]) + more


def _mapping(text: str, origin: str) -> dict[str, Any]:
    try:
        content = yaml.load(text, Loader=OnceLoader)  # noqa: S506 — a safe loader, and stricter
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise _broken(origin, [" ".join(str(error).split())]) from error
    if not isinstance(content, dict) or not all(isinstance(key, str) for key in content):
        raise _broken(origin, ["it is not a list of named parts"])
    return content


def _broken(origin: str, told: list[str]) -> GuidelineError:
    return GuidelineError(f"The library of guidelines {origin} is not valid: {in_sentences(told)}", remedy=_REMEDY)


def _place(content: dict[str, Any], where: tuple[int | str, ...]) -> str:
    """Where something is wrong: by the id of the entry, where it has one, since nobody counts to the hundredth."""
    named: list[str] = []
    at: Any = content
    for part in where:
        at = at[part] if isinstance(at, dict) and part in at else at[part] if _item(at, part) else None
        name = (at.get("id") or at.get("key") or at.get("name")) if isinstance(at, dict) else None
        named.append(str(name or (part + 1 if isinstance(part, int) else part)))
    return f"{' → '.join(named)}: " if named else ""


def _item(at: Any, part: int | str) -> bool:
    return isinstance(at, list) and isinstance(part, int) and part < len(at)
