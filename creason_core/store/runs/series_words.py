"""The place of a group in a series, in words for lists and exports."""

from collections.abc import Collection

from pydantic import ValidationError

from creason_core.errors import CReasonError
from creason_core.frozen import Frozen
from creason_core.question.probing import Removal
from creason_core.record.ages import shown_value
from creason_core.record.codebook import Codebook
from creason_core.record.hours import parted
from creason_core.store.runs.series import SeriesKind

MOST_TOLD = 3  # changes of one place


class _Change(Frozen):
    values: dict[str, float | str]  # by ``Entry.name``; none: the record itself


def place_words(kind: SeriesKind, what: str, codebook: Codebook, untold: Collection[str] = ()) -> str:
    """What is particular about a place, such as "without Creatinine"; the kind alone where it cannot be read.

    Of ``untold`` features, by ``Entry.name``, a change is told without its value, which can lie near the recorded one.
    """
    if kind == "scan":  # the value asked about says which place it is
        return kind
    try:
        return _removal(what, codebook) if kind == "probe" else f"{kind}: {_change(what, codebook, untold)}"
    except (ValidationError, CReasonError):  # of a later version of the program, or of another codebook
        return kind


def _removal(what: str, codebook: Codebook) -> str:
    name = Removal.model_validate_json(what).without
    return f"without {codebook.by_name[name].label if name in codebook.by_name else name}"


def _change(what: str, codebook: Codebook, untold: Collection[str]) -> str:
    secret = {parted(name)[0] for name in untold}
    said = []
    for name, value in _Change.model_validate_json(what).values.items():
        feature = codebook.feature(name)
        told = "another value" if parted(name)[0] in secret else shown_value(feature, value)
        said.append(f"{feature.label} {told}")
    more = f" and {len(said) - MOST_TOLD} more" if len(said) > MOST_TOLD else ""
    return f"{', '.join(said[:MOST_TOLD])}{more}" if said else "as recorded"
