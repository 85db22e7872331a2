"""How often the support check is right, on labelled pairs: ``python -m tests.guideline.reasoned.measuring``.

``--held-out`` asks those that were kept for the end, ``--rounds`` those that were written against it later, ``--wrong``
lists what it got wrong.
"""

import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from creason_core.guideline.reading import starter_library
from creason_core.guideline.reasoned.support import unsupported
from creason_core.metrics.intervals import wilson

PAIRS = Path(__file__).parent / "pairs.yaml"
ROUNDS = Path(__file__).parent / "rounds.yaml"
OWN = {name: Path(__file__).parent / f"{name}_round.yaml" for name in ("third", "fourth")}  # with their own passages
NAMES = ("first", "second", *OWN, "fifth")


@dataclass(frozen=True)
class Pair:
    """A sentence and a passage; ``kind`` is "supported", "other", or what was changed in a near miss."""

    id: str
    sentence: str
    passage: str
    about: str
    kind: str
    held_out: bool

    @property
    def why(self) -> str:
        return unsupported(self.sentence, self.passage, self.about)


def pairs() -> Iterator[Pair]:
    for one in yaml.safe_load(PAIRS.read_text(encoding="utf-8")):
        near = one["near_miss"]
        labelled = [*((text, "supported") for text in one["supported"]), (near["sentence"], near["changed"]),
                    (one["other"], "other")]  # fmt: skip
        for sentence, kind in labelled:
            yield Pair(one["id"], sentence, one["statement"], one["population"], kind, one["held_out"])


def rounds(name: str) -> Iterator[Pair]:
    """The sentences of a round, one of ``NAMES``."""
    if name in OWN:
        for n, told in enumerate(yaml.safe_load(OWN[name].read_text(encoding="utf-8")), 1):
            labelled = [*told["near_misses"], *(("supported", text) for text in told["supported"])]
            for kind, sentence in labelled:
                yield Pair(str(n), sentence, told["passage"], "", kind, held_out=False)
        return
    library = starter_library()
    asked = yaml.safe_load(ROUNDS.read_text(encoding="utf-8"))[name]
    for id_, kind, sentence in [*asked["near_misses"], *((id_, "supported", text) for id_, text in asked["supported"])]:
        one = library.by_id[id_]
        about = f"{one.population}. {one.strength}; certainty {one.certainty}"
        yield Pair(id_, sentence, one.statement, about, kind, held_out=False)


def found(name: str) -> str:
    """What the check makes of a round: near misses found unsupported, and supported sentences found supported."""
    asked = list(rounds(name))
    near, true = ([pair for pair in asked if (pair.kind == "supported") == kind] for kind in (False, True))
    return (
        f"{name} round | {share(sum(bool(pair.why) for pair in near), len(near))}"
        f" | {share(sum(not pair.why for pair in true), len(true))}"
    )


def share(right: int, of: int) -> str:
    if not of:
        return "–"
    at = wilson(right, of)
    return f"{right} of {of} ({right / of:.0%}, {at.low:.0%}–{at.high:.0%})"


def table(chosen: list[Pair]) -> Iterator[str]:
    shown = [pair for pair in chosen if not pair.why]
    true = [pair for pair in chosen if pair.kind == "supported"]
    yield f"precision | {share(sum(pair.kind == 'supported' for pair in shown), len(shown))}"
    yield f"recall | {share(sum(not pair.why for pair in true), len(true))}"
    kinds = defaultdict(list)
    for pair in chosen:
        kinds[pair.kind].append(pair)
    for kind, those in sorted(kinds.items()):
        if kind != "supported":
            yield f"found unsupported, {kind} | {share(sum(bool(pair.why) for pair in those), len(those))}"


if __name__ == "__main__":
    chosen = [pair for pair in pairs() if pair.held_out == ("--held-out" in sys.argv)]
    if "--rounds" in sys.argv:
        chosen = [pair for name in NAMES for pair in rounds(name)]
        print("\n".join(found(name) for name in NAMES))
    else:
        print("\n".join(table(chosen)))
    if "--wrong" in sys.argv:
        for pair in chosen:
            if bool(pair.why) == (pair.kind == "supported"):
                print(pair.kind, "|", pair.id, "|", pair.sentence, "|", pair.why)
