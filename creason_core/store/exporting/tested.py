"""What the test of the cited evidence found, as an export tells it."""

from collections.abc import Iterator, Mapping

from creason_core.frozen import Frozen
from creason_core.question.confidence import count_votes
from creason_core.question.probing import effect
from creason_core.record.codebook import Feature
from creason_core.store.records import GroupRecord
from creason_core.store.runs.run_rows import JUDGED


class TestedEvidence(Frozen):
    """What came of the question without one value: asked in the run ``group``, paired with this one.

    ``answer`` is None where no option won; ``drives`` says that this answer hangs on the value.
    """

    without: str
    cited: bool
    answer: str | None
    same_answer: str
    drives: bool
    group: str


def tested(record: GroupRecord, options: tuple[str, ...], known: Mapping[str, Feature]) -> Iterator[TestedEvidence]:
    """What each hidden value did to the answer; ``options`` as people read them. Other models' answers are left out."""
    before = record.vote
    models = frozenset(run.identity for run in record.runs if run.status in JUDGED)
    for point in record.tested if before.winner is not None else ():
        if point.identities != models:  # another model answered there
            continue
        after = count_votes(point.options, len(options))
        found, name = effect(before, after), point.removal.without
        yield TestedEvidence(
            without=known[name].label if name in known else name,
            cited=point.removal.role == "cited",
            answer=options[found.after] if found.after is not None else None,
            same_answer=f"{after.shares[found.before].chosen} of {after.samples}",
            drives=found.drives,
            group=point.group_id,
        )
