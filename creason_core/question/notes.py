"""The registry's notes on a question: what its other patients say, in words that a prompt can carry.

A small model cannot carry every registry's distributions in its weights; the registry is at hand. The notes tell the
few visible values that say most about the masked one, each with its standing among the training patients and what
it speaks for, other values that stand out, and where the options stand. They conclude nothing: to weigh them is left to
whoever reads them. They are part of the wording (``prompts.NOTES_VERSION``) and not of what is asked, so a question
has one id with and without them. ``creason_core.evaluation.registry_notes`` makes them.
"""

from collections.abc import Collection, Iterator

from creason_core.frozen import Frozen
from creason_core.record.codebook import Feature

STANDING = ("very low", "low", "near the middle", "high", "very high")  # by the bands of ``scorecard.BANDS``
LITTLE = "says little"


class RegistryNote(Frozen):
    """A visible value that says something about the masked one.

    ``value`` is as the record shows it; ``standing`` is its place among the training patients, empty for a level;
    ``says`` is what it speaks for: "higher", "much lower", a level's label, or that it says little.
    """

    feature: str
    label: str
    value: str
    standing: str
    says: str

    @property
    def finding(self) -> str:
        """The value with its standing."""
        return f"{self.label}: {self.value}{', ' if self.standing else ''}{self.standing}"

    def __str__(self) -> str:
        return f"{self.finding} → {self.says}"


class Notes(Frozen):
    """The notes on one question.

    ``patients`` are those that they rest on: training patients with the masked value, never the one who is asked
    about. ``told`` is in the order of the codebook. ``also`` has the labels of further values that stand out, by their
    standing. ``options`` is what is known of each option (canonical order): its standing, or how common its level is;
    empty where an option stands for no one value. Of a level that is asked about as patients come, ``usual`` is the
    commonest offered and ``lead`` how many points more another must come to (None: no points suffice); ``even`` is the
    level that points leave even fall to. ``why_none`` is a sentence where nothing can be told.
    """

    patients: int
    told: tuple[RegistryNote, ...] = ()
    also: tuple[tuple[str, tuple[str, ...]], ...] = ()
    options: tuple[str, ...] = ()
    usual: str = ""
    lead: int | None = None
    even: str = ""
    why_none: str = ""

    def without(self, features: Collection[str], labels: Collection[str]) -> "Notes":
        """The notes with nothing about ``features``, which are called ``labels``."""
        also = ((standing, tuple(one for one in named if one not in labels)) for standing, named in self.also)
        return self.model_copy(
            update={
                "told": tuple(note for note in self.told if note.feature not in features),
                "also": tuple((standing, named) for standing, named in also if named),
            }
        )

    def behind_option(self, index: int) -> str:
        """What stands behind the option ``index`` (canonical), with what parts it from it; empty for nothing."""
        return f", {self.options[index]}" if self.options and self.options[index] else ""


def notes_lines(notes: Notes, masked: Feature) -> Iterator[str]:
    """The block of a prompt between the record and the question, line by line."""
    yield f"## The registry on {masked.label}, from {notes.patients:,} other patients"
    if notes.why_none:
        yield notes.why_none
    yield from map(str, notes.told)
    if notes.also:
        yield " ".join(f"Also {standing}: {', '.join(labels)}." for standing, labels in notes.also)
    if notes.usual:
        yield f"Usual: {notes.usual}{'' if notes.lead is None else f', unless another comes to {notes.lead} more'}."
    elif notes.even:
        yield f"If even: {notes.even}."
