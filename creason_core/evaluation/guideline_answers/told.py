"""The figures of an evaluation in words: Markdown tables, as they are printed and as the docs have them."""

from collections.abc import Iterator

from creason_core.evaluation.guideline_answers.figures import Refused, Replies, Retrieval, Share
from creason_core.evaluation.guideline_answers.run import AnswersResult
from creason_core.metrics.intervals import Estimate


def told(result: AnswersResult) -> str:
    """All of it."""
    plan = result.plan
    part = "kept for the end" if plan.held_out else "for tuning"
    lines = [f"{plan.title}, {plan.asked} {part}; {plan.sent} of them come with passages.", ""]
    lines += _retrieval(result.retrieval)
    lines += ["", *_answers([*result.floors, *([result.engine] if result.engine else [])])]
    lines += ["", _refusals("the program alone", result.program_rightly, result.program_wrongly)]
    if one := result.engine:
        lines.append(_refusals(one.engine, one.refused_rightly, one.refused_wrongly))
        agreed = "no two replies to compare" if one.agreement is None else _figure(one.agreement)
        lines.append(f"Agreement of {plan.repeats} repeats of {one.engine}: {agreed}.")
        if one.empty or one.cut_off:
            lines.append(f"{one.empty} replies are empty, {one.cut_off} cut off at {plan.max_tokens} tokens.")
    return "\n".join(lines)


def _retrieval(found: Retrieval) -> Iterator[str]:
    yield "| Questions | n | Recall@5 | nDCG@10 | nothing found |"
    yield "|---|---|---|---|---|"
    for row in found.rows:
        figures = " | ".join("–" if one is None else _figure(one, with_n=False) for one in (row.recall, row.ndcg))
        nothing = row.nothing
        share = f"{nothing.count} ({nothing.count / nothing.of:.0%}, {_ends(nothing)})"
        yield f"| {row.kind} | {nothing.of} | {figures} | {share} |"
    yield ""
    yield (
        f"Superseded statements listed as current: {found.trapped.count} of {found.trapped.of} traps. "
        f"Missing fact named: {found.lack_named.count} of {found.lack_named.of}."
    )


def _answers(engines: list[Replies]) -> Iterator[str]:
    yield "| Replies of | n | sentences supported | citation precision | citation recall | cited, about the question |"
    yield "|---|---|---|---|---|---|"
    for one in engines:
        precision = _figure(one.precision) + (f", {one.invented} invented" if one.invented else "")
        figures = (_figure(one.supported), precision, _figure(one.recall), _figure(one.about))
        yield f"| {one.engine} | {one.replies} | {' | '.join(figures)} |"


def _refusals(name: str, rightly: Refused, wrongly: Refused) -> str:
    def share(found: Refused) -> str:
        by = f", {found.by_model} of them by the model" if found.by_model else ""
        return f"{found.share.count} of {found.share.of} ({_ends(found.share)}){by}"

    return f"Refused by {name}: rightly {share(rightly)}; wrongly {share(wrongly)}."


def _ends(share: Share) -> str:
    return f"{share.interval.low:.0%}–{share.interval.high:.0%}"


def _figure(found: Estimate, *, with_n: bool = True) -> str:
    if not found.n:
        return "–"
    ends = found.ends(lambda end: f"{end:.2f}", "–") if found.interval.known else "one question: no interval"
    return f"{found.value:.2f} ({ends})" + (f", n {found.n}" if with_n else "")
