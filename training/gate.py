"""The gate: a new adapter comes into use only where held-out patients say that it is no worse.

    python -m training.gate --adapter var/kto/adapter --questions validation.parquet --out runs/gate-kto

registers the adapter, puts the same questions to it and to the model in use, and promotes it where the rule of
``training.release.promotion_rule`` holds on every file. The figures, the rule and the reasons are in ``verdict.json``
in the run folder and in the history of versions (``creason model list``); ``creason model rollback`` takes a promotion
back. A gate that was stopped goes on with the same command. It ends with 0 where the adapter was promoted, with 3 where
it was refused, and with 1 where nothing could be decided.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from creason_core.cohort.loading import load_cohort
from creason_core.commands.evaluate import ProgressBar
from creason_core.errors import CReasonError, EvaluationError
from creason_core.evaluation.plan import SCORINGS, Scoring
from creason_core.evaluation.result_tables import read_answers
from creason_core.evaluation.run import Progress, Wanted, evaluate
from creason_core.evaluation.saved import read_run, save
from creason_core.frozen import Frozen
from creason_core.model.adapters.choosing import chosen
from creason_core.model.adapters.manifest import read_adapter
from creason_core.model.adapters.versions import BASE, Versions
from creason_core.model.engines.choose import limits_of
from creason_core.model.engines.embedded import Embedded
from creason_core.model.engines.weights_cache import cache_folder
from creason_core.private import from_now_on
from creason_core.question.vectorised.table import read_questions
from creason_core.settings import Settings, settings
from training.data.contamination import joined, rated_patients, refuse_rated
from training.release.promotion_rule import Compared, Reason, Rule, compared, reasons
from training.trainer.weights import base_folder

VERDICT = "verdict.json"
PATIENT = 3600.0  # seconds: behind other requests a model is slow, not broken
AT_ONCE = 2  # requests; the embedded model takes two in turn
REFUSED = 3


class OnFile(Frozen):
    """What one question file says."""

    questions: str
    """SHA-256 (hex) of the question file."""
    split: str
    """"validation" or "test"."""
    design: str
    """How options were made."""
    scoring: Scoring
    """Which score was compared."""
    compared: Compared
    """The two models' figures."""
    reasons: tuple[Reason, ...]
    """Each part of the rule."""


class Verdict(Frozen):
    """``verdict.json``: why a candidate came into use or did not."""

    made: datetime
    """When, with the offset from UTC."""
    candidate: str
    """``name@version``."""
    candidate_hash: str
    """SHA-256 (hex) of the adapter."""
    against: str
    """The model in use then: ``name@version``, or "base"."""
    rule: Rule
    """What was asked for."""
    files: tuple[OnFile, ...]
    """What each question file said."""

    @property
    def promoted(self) -> bool:
        """Whether every part of the rule holds on every file."""
        return all(reason.holds for one in self.files for reason in one.reasons)


@dataclass(frozen=True)
class Gate:
    """What to judge and how; ``against`` is "active", "base" or ``name@version``."""

    adapter: Path
    questions: tuple[Path, ...]
    out: Path
    against: str = "active"
    rule: Rule = field(default_factory=Rule)
    scoring: Scoring = "greedy"
    samples: int = 1
    max_tokens: int | None = None
    limit: int | None = None


def judge(gate: Gate) -> Verdict:
    """Registers the adapter, evaluates both models, decides, and promotes where the rule holds.

    Raises:
        AccessError: The roles of who runs it do not allow to promote.
        WeightsError: An adapter is not whole, or belongs to other weights.
        EvaluationError: A file is not about held-out patients, or about patients whose ratings were trained on.
    """
    present = settings()
    present.principal.require("promote")
    versions = Versions(present.data_dir, present.principal.user)
    against = (chosen(present).version or BASE) if gate.against == "active" else gate.against
    _check(gate, against, None if against == BASE else versions.read(against).folder)
    candidate = versions.register(gate.adapter, "to be judged by the gate").manifest
    model = base_folder(candidate.base.name)
    current = _evaluated(gate, against, model, present)
    trained = _evaluated(gate, candidate.title, model, present)
    files = tuple(_on_file(gate, new, now) for new, now in zip(trained, current, strict=True))
    verdict = Verdict(
        made=datetime.now(UTC),
        candidate=candidate.title,
        candidate_hash=candidate.hash,
        against=against,
        rule=gate.rule,
        files=files,
    )
    (gate.out / VERDICT).write_text(verdict.model_dump_json(indent=1) + "\n", encoding="utf-8")
    (versions.promote if verdict.promoted else versions.refuse)(candidate.title, _why(verdict))
    return verdict


def _check(gate: Gate, against: str, in_use: Path | None) -> None:
    """Refuses, before anything is registered or asked, what cannot decide."""
    if read_adapter(gate.adapter).manifest.title == against:
        raise EvaluationError(f"{against} is in use already.", remedy="There is nothing to decide.")
    folders = [gate.adapter, *([in_use] if in_use else [])]
    rated = joined(*map(rated_patients, folders))
    for path in gate.questions:
        table = read_questions(path)
        if table.meta.split == "train":
            raise EvaluationError(
                f"{path} asks about training patients, whom the models know.",
                remedy="Build questions with --split validation or --split test.",
            )
        refuse_rated(table, rated, gate.adapter)
    if len({path.stem for path in gate.questions}) < len(gate.questions):
        raise EvaluationError("Two question files have the same name.", remedy="Rename one.")


def _evaluated(gate: Gate, title: str, model: Path, present: Settings) -> list[Path]:
    """The run folder of each question file, answered by the base in ``model`` with the version ``title``."""
    patient = {"first_token_seconds": PATIENT, "idle_seconds": PATIENT, "total_seconds": PATIENT}
    engine = Embedded(
        model,
        limits_of(present.model_copy(update=patient)),
        threads=present.embedded_threads,
        adapter=None if title == BASE else Versions(present.data_dir).read(title).folder,
        cache=cache_folder(present),
    )
    folders = []
    try:
        for path in gate.questions:
            folder, bar = gate.out / title / path.stem, ProgressBar()
            wanted = Wanted(
                question_file=path,
                folder=folder,
                scorings=(gate.scoring,),
                samples=gate.samples,
                temperature=0.7,
                max_tokens=gate.max_tokens or present.max_tokens,
                concurrency=AT_ONCE,
                limit=gate.limit,
            )
            cohort = load_cohort(read_questions(path).meta.cohort)
            _say(f"{title} on {path.name}:")
            try:
                evaluate(wanted, engine, cohort, present.data_dir, Progress(bar.begun, bar.arrived, bar.played))
            finally:
                bar.close()
            save(read_run(folder), present.data_dir)
            folders.append(folder)
    finally:
        engine.close()
    return folders


def _on_file(gate: Gate, candidate: Path, current: Path) -> OnFile:
    asked = read_run(candidate).run.plan.questions
    found = compared(read_answers(candidate), read_answers(current), gate.scoring)
    return OnFile(
        questions=asked.sha256,
        split=asked.split,
        design=asked.design,
        scoring=gate.scoring,
        compared=found,
        reasons=reasons(found, gate.rule),
    )


def _why(verdict: Verdict) -> str:
    """The reasons in one line: all of them for a promotion, for a refusal those that do not hold."""
    shown = [reason.said for one in verdict.files for reason in one.reasons if verdict.promoted or not reason.holds]
    return f"gate against {verdict.against}: {' '.join(shown)}"


def describe(verdict: Verdict) -> str:
    """The verdict in words, a line for each part of the rule."""
    done = "promoted" if verdict.promoted else f"refused; {verdict.against} stays in use"
    lines = [f"{verdict.candidate} against {verdict.against}: {done}."]
    for one in verdict.files:
        lines.append(f"{one.split} patients, {one.design}, {one.scoring} (question file {one.questions[:12]}…)")
        lines += [f"  {'holds' if reason.holds else 'FAILS'}  {reason.said}" for reason in one.reasons]
    if verdict.promoted:
        lines.append("To take it back: creason model rollback")
    return "\n".join(lines)


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def main(given: Sequence[str] | None = None) -> int:
    """The command."""
    from_now_on()
    parser = argparse.ArgumentParser(prog="python -m training.gate", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--adapter", type=Path, required=True, help="the folder that training left")
    parser.add_argument("--against", default="active", help="active (default), base, or a version name@version")
    parser.add_argument("--questions", type=Path, nargs="+", required=True, help="files about held-out patients")
    parser.add_argument("--out", type=Path, required=True, help="the folder of the two evaluations and the verdict")
    parser.add_argument("--scoring", choices=SCORINGS, default="greedy")
    parser.add_argument("--samples", type=int, default=1, help="completions a question, for majority and mean")
    parser.add_argument("--max-tokens", type=int, default=None)
    parser.add_argument("--limit", type=int, default=None, help="so many questions of each file")
    parser.add_argument("--margin", type=float, default=Rule().margin, help="share of questions that may be lost")
    parser.add_argument("--answered", type=float, default=Rule().answered, help="the answered rate that is enough")
    parser.add_argument("--patients", type=int, default=Rule().patients, help="fewer decide nothing")
    asked = parser.parse_args(given)
    try:
        rule = Rule(margin=asked.margin, answered=asked.answered, patients=asked.patients)
        verdict = judge(
            Gate(
                adapter=asked.adapter,
                questions=tuple(asked.questions),
                out=asked.out,
                against=asked.against,
                rule=rule,
                scoring=asked.scoring,
                samples=asked.samples,
                max_tokens=asked.max_tokens,
                limit=asked.limit,
            )
        )
    except ValidationError as error:
        wrong = error.errors()[0]
        parser.error(f"--{wrong['loc'][0]}: {wrong['msg']}")
    except CReasonError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{describe(verdict)}\n{asked.out / VERDICT} holds the figures.\n")
    choice = chosen(settings())
    if verdict.promoted and choice.version != verdict.candidate:
        sys.stdout.write(
            f"{choice.served} still answers here ({choice.because}); to change: creason model use default\n"
        )
    return 0 if verdict.promoted else REFUSED


if __name__ == "__main__":
    sys.exit(main())
