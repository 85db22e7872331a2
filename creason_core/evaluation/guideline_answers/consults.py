"""Empiric antibiotics on consult cases: whether what stands first covers what grew later, beside fixed regimens.

38 cases prove a pipeline and rank nothing; whoever prints these figures prints that sentence with them.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from creason_core import __version__
from creason_core.evaluation.guideline_answers.asking import FIRST, AskPlan, How, ask_sent, plan_of
from creason_core.evaluation.guideline_answers.consult_cases import (
    GROUPS,
    ConsultCase,
    ConsultCases,
    Group,
    Verdict,
    aware_groups,
    verdict,
)
from creason_core.evaluation.guideline_answers.figures import Share
from creason_core.evaluation.guideline_answers.posing import PosedQuestion
from creason_core.evaluation.guideline_answers.records import record
from creason_core.evaluation.guideline_answers.replies import read
from creason_core.evaluation.guideline_answers.run import RESULT
from creason_core.evaluation.plan_folder import Stored
from creason_core.evaluation.run import Progress, held_folder
from creason_core.files import write_whole
from creason_core.frozen import Frozen
from creason_core.guideline.applying import Answer, starter_shelf, what_applies
from creason_core.guideline.consults.drugs import antibiotics
from creason_core.guideline.consults.options import options_of
from creason_core.guideline.consults.prechecks import precheck
from creason_core.guideline.reasoned.asking import ask_about
from creason_core.guideline.reasoned.claims import parts
from creason_core.model.engines.base import Engine
from creason_core.record.case import PatientCase
from creason_core.record.codebook import Codebook

ASKED = "Options for empiric antibiotics in this patient"
BROAD = ("meropenem", "vancomycin")
POOR = ("metronidazole",)
VERDICTS: tuple[Verdict, ...] = ("covered", "partly covered", "not covered", "not decided", "no drug named")
Regimens = Callable[[ConsultCase], Sequence[str]]


class RegimenRow(Frozen):
    """What the regimens of one engine came to: cases by verdict, and how many of the drugs it named are in a group."""

    engine: str
    covered: Share
    verdicts: Mapping[Verdict, int]
    groups: Mapping[Group, int]


class ConsultsResult(Frozen):
    """The rows of all engines on the ``decided`` of ``admissions``."""

    plan: AskPlan
    finished: str
    program: str
    admissions: int
    decided: int
    rows: tuple[RegimenRow, ...]


@dataclass(frozen=True)
class _Posed:
    case: ConsultCase
    record: PatientCase
    codebook: Codebook
    answer: Answer
    sent: PosedQuestion | None


def evaluate_consults(
    cases: ConsultCases, folder: Path, engine: Engine | None, how: How, progress: Progress
) -> ConsultsResult:
    """Scores the card, the fixed regimens and, where there is one, the model of ``engine``.

    The dates of the demos are shifted, so what is in force is what is on the library's own day. The folder is as of
    ``run.evaluate``.

    Raises:
        EvaluationError: The engine cannot answer, or the folder belongs to something else or to another process.
    """
    on = starter_shelf().library.as_of
    posed = tuple(_pose(one, on) for one in cases.cases)
    sent = [one.sent for one in posed if one.sent]
    once = replace(how, repeats=0)
    plan = plan_of("consults", ASKED, cases.hash, asked=len(posed), sent=sent, engine=engine, how=once)
    with held_folder(folder):
        plan, stored = ask_sent(folder, plan, sent, engine, concurrency=how.concurrency, progress=progress)
        engines = _engines(posed)
        if plan.model:
            told = {one.case.id: _first_of_reply(one, stored) for one in posed}
            engines = {f"first option of {plan.model.title}": lambda case: told[case.id], **engines}
        groups = aware_groups(starter_shelf().library)
        result = ConsultsResult(
            plan=plan,
            finished=datetime.now(UTC).isoformat(timespec="seconds"),
            program=__version__,
            admissions=cases.admissions,
            decided=len(posed),
            rows=tuple(row(name, cases.cases, regimen, groups) for name, regimen in engines.items()),
        )
        write_whole(folder / RESULT, result.model_dump_json(indent=1) + "\n")
    return result


def row(engine: str, cases: Sequence[ConsultCase], regimen: Regimens, groups: Mapping[str, Group]) -> RegimenRow:
    """How ``regimen`` scores on ``cases``."""
    named = [tuple(regimen(case)) for case in cases]
    counts = Counter(verdict(case, drugs) for case, drugs in zip(cases, named, strict=True))
    of_group = Counter(groups.get(drug, "no group") for drugs in named for drug in drugs)
    return RegimenRow(
        engine=engine,
        covered=Share.counted(verdict(case, drugs) == "covered" for case, drugs in zip(cases, named, strict=True)),
        verdicts={one: counts[one] for one in VERDICTS},
        groups={one: of_group[one] for one in GROUPS},
    )


def told(result: ConsultsResult) -> str:
    """The rows as a Markdown table under the sentence that says how little they say."""
    lines = [
        f"{result.decided} of {result.admissions} septic admissions have a decided verdict. "
        f"{result.decided} cases prove a pipeline and rank nothing.",
        "",
        f"| Engine | {' | '.join(VERDICTS)} | {' / '.join(GROUPS)}, drugs named |",
        f"|{'---|' * (len(VERDICTS) + 2)}",
    ]
    for one in result.rows:
        at = one.covered
        covered = f"{at.count} of {at.of} ({at.interval.low:.2f}–{at.interval.high:.2f})"
        counts = " | ".join(str(one.verdicts[name]) for name in VERDICTS[1:])
        lines.append(f"| {one.engine} | {covered} | {counts} | {' / '.join(str(one.groups[g]) for g in GROUPS)} |")
    return "\n".join(lines)


def _engines(posed: Sequence[_Posed]) -> dict[str, Regimens]:
    first = {one.case.id: _first_of_card(one) for one in posed}
    commonest = Counter(tuple(sorted(one.case.ordered)) for one in posed).most_common(1)[0][0]
    return {
        "first option of Ask's card": lambda case: first[case.id],
        "recorded regimen": lambda case: case.ordered,
        f"the commonest: {' and '.join(commonest)}": lambda _: commonest,
        f"broad for all: {' and '.join(BROAD)}": lambda _: BROAD,
        f"{POOR[0]} for all, known to be poor": lambda _: POOR,
    }


def _pose(one: ConsultCase, on: date) -> _Posed:
    case, codebook = record(one.id, one.values, starter_shelf().library.vocabulary)
    answer = what_applies(case, codebook, ASKED, on)
    question = ask_about(case, codebook, ASKED, answer, None)
    return _Posed(one, case, codebook, answer, PosedQuestion(question, case, codebook) if question else None)


def _first_of_card(one: _Posed) -> Sequence[str]:
    """The drugs that the first option of Ask names for this patient; of a class none in particular."""
    options = options_of(one.answer, precheck(one.record, one.codebook), ())
    return _single([drug for option in options[:1] for drug in option.drugs])


def _first_of_reply(one: _Posed, stored: Stored) -> Sequence[str]:
    """The drugs that the first option of the model's reply names, is not against, and the page shows."""
    if one.sent is None:
        return ()
    card = read(one.sent.question, stored[one.sent.question.id, FIRST].text).card
    options = card.sections.get("options", ())
    text = " ".join(sentence.text for paragraph in options[:1] for sentence in paragraph if not sentence.withheld)
    return _single([drug for part in parts(text) if not part.denied for drug in antibiotics().named(part.text)])


def _single(names: Sequence[str]) -> Sequence[str]:
    return [name for name in dict.fromkeys(names) if antibiotics().members(name) == (name,)]
