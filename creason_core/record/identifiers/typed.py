"""Text that a person types: what the guard marks in it is taken out or confirmed by that person before it is stored.

``cleared`` are marked texts, letter by letter, of which the person has said that they identify nobody.
"""

from collections.abc import Collection

from creason_core.errors import IdentifierError
from creason_core.record.identifiers.names import TITLE_AT_END
from creason_core.record.identifiers.scan import Hit, article, redacted, scan_text

_AGED = "90+"


def undecided(text: str, cleared: Collection[str] = ()) -> tuple[Hit, ...]:
    """What is marked in ``text`` and was not decided about."""
    return tuple(hit for hit in scan_text(text) if text[hit.start : hit.end] not in cleared)


def decided_in(stored: str) -> frozenset[str]:
    """The marked texts of what is stored already: nothing is stored before it is decided about."""
    return frozenset(stored[hit.start : hit.end] for hit in scan_text(stored))


def without(text: str, hit: Hit) -> str:
    """``text`` without one find, and with "90+" for an age over 89; a name goes with the title before it.

    What only comes to light by the removal, such as a rest that means something beside its new neighbours, goes too.
    """
    known = decided_in(text)
    left = _cut(text, hit)
    while rests := [rest for rest in scan_text(left) if left[rest.start : rest.end] not in known]:
        left = _cut(left, rests[0])
    return left


def _cut(text: str, hit: Hit) -> str:
    left, right = text[: hit.start], text[hit.end :]
    if hit.kind == "age over 89":
        return f"{left}{_AGED}{' ' * right[:1].isalnum()}{right}"
    if hit.kind == "name":  # a title left alone would be the next find
        left = TITLE_AT_END.sub("", left)
    if right[:1] in {"", " ", "\u00a0", ".", ",", ";"}:
        left = left.rstrip().removesuffix("," if right[:1] in {"", ".", ","} else "")
    return f"{left}{right}".strip()


def without_undecided(text: str, cleared: Collection[str] = ()) -> str:
    """What a draft may hold of ``text``: every find that was not decided about is replaced by its kind."""
    return redacted(text, cleared)


def refuse_undecided(what: str, text: str, cleared: Collection[str] = ()) -> None:
    """Nothing where ``text`` may be stored; ``what`` names it in the refusal, for example "The comment".

    Raises:
        IdentifierError: Something in it may identify a person and was not decided about. The message shows a first
            character and a length, no more.
    """
    if hits := undecided(text, cleared):
        found = ", ".join(dict.fromkeys(f"{article(hit.kind)} ({hit.masked})" for hit in hits))
        raise IdentifierError(
            f"{what} holds what looks like {found}, so it is not saved yet.",
            remedy="Remove it or say that it is none; what you typed is still in its field.",
        )
