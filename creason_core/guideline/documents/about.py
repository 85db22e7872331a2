"""What a person says of a document when it is added, and the rules for it. None of it is guessed: all of it is asked.

What a document says of itself is proposed in the sentence that asks, and taken over only by a person.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from pydantic import Field

from creason_core.errors import GuidelineError
from creason_core.frozen import Frozen
from creason_core.guideline.documents import limits
from creason_core.guideline.documents.protocol import DocumentSaid
from creason_core.guideline.documents.succession import successor
from creason_core.guideline.library import days
from creason_core.store.hospital.library import LibraryDocument

OPEN = "open"  # how a person says that a document holds without an end
_DATE = r"^\d{4}(-\d{2}(-\d{2})?)?$"
ASKED = ("title", "organisation", "published", "valid_until", "population")
_WORDS = {
    "title": "its title",
    "organisation": "who issued it",
    "published": "its date (a year, a month or a day: 2025-03-01)",
    "valid_until": f"until when it holds (a date, or '{OPEN}')",
    "population": "whom it is about",
    "supersedes": "which document it supersedes",
}


class AboutDocument(Frozen):
    """A document as a person tells it. ``valid_until`` "open": without an end; ``supersedes`` is an id, or empty."""

    title: str = Field(min_length=3, max_length=300)
    organisation: str = Field(min_length=2, max_length=200)
    published: str = Field(pattern=_DATE)
    valid_until: str = Field(pattern=rf"{_DATE}|^{OPEN}$")
    population: str = Field(min_length=3, max_length=300)
    supersedes: str = ""


def about(told: Mapping[str, str], said: DocumentSaid, name: str) -> AboutDocument:
    """What was ``told`` of the document ``name``, once nothing is missing; ``said`` is what it says of itself.

    Raises:
        GuidelineError: Something is missing, or is no date; the message proposes what the document says.
    """
    told = {key: " ".join(told.get(key, "").split()) for key in (*ASKED, "supersedes")}
    told = {key: value for key, value in told.items() if value}
    if missing := [key for key in ASKED if key not in told]:
        proposals = {"title": said.title, "organisation": said.organisation, "published": said.published}
        found = [f"{_WORDS[key]} may be '{proposals[key]}'" for key in missing if proposals.get(key)]
        proposed = f" By the file itself, which can be wrong, {'; '.join(found)}." if found else ""
        raise GuidelineError(
            f"{name}: nobody has said {_listed([_WORDS[key] for key in missing])}.{proposed}",
            remedy="Nothing was added. Say what is missing.",
        )
    for key in ("published", "valid_until"):
        if told[key] != OPEN:
            _days(name, key, told[key])
    try:
        return AboutDocument(**told)
    except ValueError:
        lengths = "A title and whom it is about have 3 to 300 characters, and who issued it 2 to 200."
        raise GuidelineError(f"{name} cannot be added as told. {lengths}", remedy="Nothing was added.") from None


def refuse(made: LibraryDocument, every: Sequence[LibraryDocument], today: date) -> None:
    """Nothing where ``made`` may come to the library; ``every`` are all that ever were in it.

    Raises:
        GuidelineError: It is there already, lies in the future, ends before it begins, or its succession is broken.
    """
    what = f"{made.file_name} ('{made.title}')"
    present = [one for one in every if one.removed is None]
    same = next((one for one in present if one.sha256 == made.sha256), None)
    if same is not None:
        newer = successor(same, every, today)
        then = f", and superseded by {newer.id} ('{newer.title}')" if newer else ""
        raise GuidelineError(
            f"{what} is in the library already, as {same.id} ('{same.title}', {same.published}){then}.",
            remedy="Nothing was added. To tell it otherwise, remove it first.",
        )
    first, last = _days(what, "published", made.published)
    if first > today:
        raise GuidelineError(
            f"{what} is dated {made.published}, which lies in the future.",
            remedy="Nothing was added. Correct the date, or add it when it is in force.",
        )
    if made.valid_until and _days(what, "valid_until", made.valid_until)[1] < first:
        raise GuidelineError(
            f"{what} would hold until {made.valid_until}, before its own date {made.published}.",
            remedy="Nothing was added. Correct one of the two.",
        )
    if made.supersedes:
        _refuse_succession(what, made, every, last)
    if sum(one.passages for one in present) + made.passages > limits.PASSAGES:
        raise GuidelineError(
            f"With {what} the library would have more than {limits.PASSAGES:,} passages.",
            remedy="Nothing was added. Remove what is no longer needed.",
        )


def _refuse_succession(what: str, made: LibraryDocument, every: Sequence[LibraryDocument], last: date) -> None:
    """The document that is superseded must be there, not be newer, and have no other successor: so none is a circle."""
    old = next((one for one in every if one.id == made.supersedes and one.removed is None), None)
    if old is None:
        raise GuidelineError(
            f"{what} is to supersede '{made.supersedes}', and the library holds no such document.",
            remedy="Nothing was added. `creason library list` names those that it holds.",
        )
    if days(old.published)[0] > last:
        raise GuidelineError(
            f"{what}, dated {made.published}, is to supersede '{old.title}', which is newer ({old.published}).",
            remedy="Nothing was added. Correct the date, or which supersedes which.",
        )
    newer = successor(old, every, date.max)
    if newer is not None:
        raise GuidelineError(
            f"{what} is to supersede '{old.title}', which '{newer.title}' ({newer.id}) supersedes already.",
            remedy=f"Nothing was added. Supersede {newer.id}, or remove it first.",
        )


def _days(what: str, key: str, text: str) -> tuple[date, date]:
    try:
        return days(text)
    except ValueError:
        raise GuidelineError(
            f"{what}: '{text}' is not {_WORDS[key]}, or there is no such day.", remedy="Nothing was added."
        ) from None


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
