"""The figures of a set of questions: what was found, and what the replies of one engine came to.

Shares of sentences, citations and passages are taken over all replies, with their intervals over questions, since what
stands in one reply is not independent. ``docs/guidelines.md`` says what each tells.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from pydantic import ConfigDict

from creason_core.evaluation.guideline_answers.posing import Posed
from creason_core.evaluation.guideline_answers.question_set import ANSWERED, KINDS
from creason_core.evaluation.guideline_answers.replies import Reply, agreement
from creason_core.frozen import Frozen
from creason_core.metrics.intervals import Estimate, Interval, cluster_sums, mean, ratio, wilson
from creason_core.metrics.ranking import ndcg_at, recall_at

EVERYTHING = "all with an answer"


class _Figures(Frozen):
    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")  # an interval may not be known


class Share(_Figures):
    """``count`` of ``of`` questions, with Wilson's 95 % interval."""

    count: int
    of: int
    interval: Interval

    @classmethod
    def counted(cls, each: Iterable[bool]) -> "Share":
        """How many of ``each`` are true."""
        held = list(each)
        return cls(count=sum(held), of=len(held), interval=wilson(sum(held), len(held)))


class RetrievalFigures(_Figures):
    """What was found for the questions of one kind; ``recall`` (at 5) and ``ndcg`` (at 10) where there is an answer."""

    kind: str
    recall: Estimate | None
    ndcg: Estimate | None
    nothing: Share


class Retrieval(_Figures):
    """What was found, by kind; how many questions list a superseded recommendation as current, and name what lacks."""

    rows: tuple[RetrievalFigures, ...]
    trapped: Share
    lack_named: Share


class Refused(_Figures):
    """Questions that got no answer: the program asked no model, or the model declined."""

    by_program: int
    by_model: int
    share: Share


class Replies(_Figures):
    """What the first replies of ``engine`` came to, one a question that is sent.

    ``supported`` is of sentences, ``precision`` of the passages and other sources that are named (``invented`` of them
    were never given), ``recall`` of the passages given that are about the question, ``about`` of the passages that
    support a sentence. ``agreement`` is of repeats, None where there are fewer than two.
    """

    engine: str
    replies: int
    empty: int
    cut_off: int
    supported: Estimate
    precision: Estimate
    invented: int
    recall: Estimate
    about: Estimate
    refused_rightly: Refused
    refused_wrongly: Refused
    agreement: Estimate | None = None


def retrieval(posed: Sequence[Posed]) -> Retrieval:
    """What Ask lists for the questions."""
    able = [one for one in posed if one.asked.kind in ANSWERED]
    kinds = {kind: [one for one in posed if one.asked.kind == kind] for kind in KINDS}
    groups: dict[str, list[Posed]] = {EVERYTHING: able, **{str(kind): group for kind, group in kinds.items()}}
    return Retrieval(
        rows=tuple(_found(kind, group) for kind, group in groups.items() if group),
        trapped=Share.counted(bool(set(one.listed) & set(one.asked.old)) for one in posed if one.asked.old),
        lack_named=Share.counted(_lack_named(one) for one in posed if one.asked.lacks),
    )


def _found(kind: str, group: Sequence[Posed]) -> RetrievalFigures:
    each = list(range(len(group)))
    able = all(one.asked.relevant for one in group)
    return RetrievalFigures(
        kind=kind,
        recall=mean([recall_at(one.listed, one.asked.relevant) for one in group], each) if able else None,
        ndcg=mean([ndcg_at(one.listed, one.asked.relevant) for one in group], each) if able else None,
        nothing=Share.counted(not one.listed for one in group),
    )


def _lack_named(one: Posed) -> bool:
    return any(
        one.asked.lacks in item.missing for item in one.answer.items if item.recommendation.id in one.asked.relevant
    )


def replies(
    engine: str,
    posed: Sequence[Posed],
    first: Mapping[str, Reply],
    repeats: Mapping[str, Sequence[Reply]] | None = None,
    *,
    cut_off: int = 0,
) -> Replies:
    """The figures of ``engine``: its ``first`` reply and its ``repeats``, by the id of the question that was sent."""
    sent = [(one, first[one.sent.question.id]) for one in posed if one.sent]
    told = [(place, one, reply) for place, (one, reply) in enumerate(sent) if not reply.declined]
    about = [(one, reply) for one, reply in sent if one.asked.kind in ANSWERED]
    agreed = [value for one in posed if one.sent
              if (value := agreement((repeats or {}).get(one.sent.question.id, ()))) is not None]  # fmt: skip
    return Replies(
        engine=engine,
        replies=len(sent),
        empty=sum(reply.empty for _, reply in sent),
        cut_off=cut_off,
        supported=_share((place, sum(s.supported for s in reply.card.sentences), len(reply.card.sentences))
                         for place, _, reply in told),
        precision=_share((place, reply.rightly_named, reply.named + reply.card.dropped) for place, _, reply in told),
        invented=sum(reply.card.dropped for _, _, reply in told),
        recall=_share((place, len(_on(one) & reply.supported), len(_on(one)))
                      for place, (one, reply) in enumerate(about)),
        about=_share((place, len(_on(one) & reply.supported), len(reply.supported))
                     for place, (one, reply) in enumerate(about)),
        refused_rightly=_refused([one for one in posed if one.asked.kind not in ANSWERED], first),
        refused_wrongly=_refused([one for one in posed if one.asked.kind in ANSWERED], first),
        agreement=mean(agreed, list(range(len(agreed)))) if agreed else None,
    )  # fmt: skip


def program_alone(posed: Sequence[Posed]) -> tuple[Refused, Refused]:
    """What the program refuses rightly and wrongly, before any model is asked."""
    return (
        _refused([one for one in posed if one.asked.kind not in ANSWERED], {}),
        _refused([one for one in posed if one.asked.kind in ANSWERED], {}),
    )


def _on(one: Posed) -> frozenset[int]:
    """The places (from 1) of the passages given that are about the question."""
    return frozenset(place for place, id_ in enumerate(one.given, 1) if id_ in one.asked.relevant)


def _refused(posed: Sequence[Posed], first: Mapping[str, Reply]) -> Refused:
    by_program = [one.sent is None for one in posed]
    by_model = [bool(one.sent and (reply := first.get(one.sent.question.id)) and reply.declined) for one in posed]
    both = Share.counted(one or other for one, other in zip(by_program, by_model, strict=True))
    return Refused(by_program=sum(by_program), by_model=sum(by_model), share=both)


def _share(counts: Iterable[tuple[int, int, int]]) -> Estimate:
    """The share of ``counts`` (question, how many, of how many), with its interval over questions."""
    held = [one for one in counts if one[2]]
    if not held:
        return Estimate(float("nan"), Interval(float("nan"), float("nan")), 0, 0)
    columns = np.asarray([one[1:] for one in held], dtype=np.float64)
    return ratio(cluster_sums(columns, [one[0] for one in held]), 0, 1)
