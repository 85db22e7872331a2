"""How often a model's scan finds one wrong entry, beside the registry's scan and a z-score: docs/second-opinion.md.

Run: ``python -m tests.evaluation.second_opinion.planted_errors_by_model --out FOLDER [--samples 3] [--minutes 20]``,
with the options of ``planted_errors`` and ``--engine``, ``--model`` and ``--concurrency`` of ``creason evaluate``. The
wrong entries are those of ``planted_errors``. Each value of an altered record is hidden in turn and asked for as *Scan*
asks: the same question, orders of the options, seeds and samples. The fewer samples choose what is recorded, the odder
it is; equals share their places. Every patient whose values were all asked counts, and no other, so that a run which
was stopped, or whose minutes are over, has a figure; the same command goes on from there.
"""

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.loading import load_cohort
from creason_core.commands.evaluate import ProgressBar, engine_for, engine_name
from creason_core.evaluation.asking import AskedCompletion, Asker
from creason_core.evaluation.completions import CompletionLog, StoredCompletion
from creason_core.evaluation.plan import Call
from creason_core.metrics.comparison import paired_difference
from creason_core.metrics.intervals import mean
from creason_core.model.engines.base import Engine
from creason_core.question.kinds import TASKS, MaskedValue
from creason_core.question.masked_value import MultipleChoiceQuestion, maskable
from creason_core.question.task import Prepared, temperature_for
from creason_core.record.case import PatientCase
from creason_core.settings import settings
from tests.evaluation.second_opinion.planted_errors import (
    TOPS,
    Floats,
    Planted,
    altered,
    arguments,
    in_top,
    looked_at,
    planted_in,
    ranked,
)

QUESTION_SEED = 0  # as the page has it
COMPARED = ("scan", "z-score of numbers")
REGISTRY_BREAKS_TIES = "model, equals by the registry's scan"


@dataclass(frozen=True)
class Scanned:
    """One altered record and the questions about its values, by feature."""

    planted: Planted
    case: PatientCase
    questions: dict[str, MultipleChoiceQuestion]


def scanned(cohort: Cohort, planted: list[Planted]) -> list[Scanned]:
    """Every record with its wrong entry and a question about each value that can be masked."""
    names = {feature.name for feature in looked_at(cohort)}
    found = []
    for one in planted:
        case, questions = altered(cohort, one), {}
        for item in maskable(case, cohort):
            if item.feature in names and not item.why_not:
                made = TASKS["mask"].build(case, item.feature, cohort, seed=QUESTION_SEED)
                assert isinstance(made, MultipleChoiceQuestion)
                questions[item.feature] = made
        found.append(Scanned(one, case, questions))
    return found


@dataclass(frozen=True)
class Asking:
    """What is asked of the records, patient after patient, until ``ends`` (seconds of the monotonic clock)."""

    cohort: Cohort
    samples: int
    ends: float

    def work(self, records: list[Scanned], stored: set[tuple[str, str]]) -> Iterator[AskedCompletion]:
        """Everything that is not ``stored`` yet."""
        temperature = temperature_for(self.samples)
        for record in records:
            for question in record.questions.values():
                for sample in range(self.samples):
                    if time.monotonic() > self.ends:
                        return
                    call = Call(f"sample-{sample}", sample, temperature)
                    if (question.id, call.name) not in stored:
                        yield AskedCompletion(
                            question.id, call, False, partial(self._prepared, record, question, sample)
                        )

    def _prepared(self, record: Scanned, question: MultipleChoiceQuestion, sample: int) -> Prepared:
        task = MaskedValue(question, self.cohort.codebook)
        most, temperature = settings().max_tokens, temperature_for(self.samples)
        return task.prepare(record.case, sample=sample, temperature=temperature, max_tokens=most)

    def chose_recorded(self, record: Scanned, replies: dict[tuple[str, str], StoredCompletion]) -> dict[str, int]:
        """How many samples chose what is recorded, by feature; empty where some were not asked."""
        found: dict[str, int] = {}
        for feature, question in record.questions.items():
            said = [replies.get((question.id, f"sample-{sample}")) for sample in range(self.samples)]
            if any(one is None for one in said):
                return {}
            task = MaskedValue(question, self.cohort.codebook)
            chosen = [
                task.presented(task.order(sample)).parse(one.text).option
                for sample, one in enumerate(said)
                if one is not None
            ]
            found[feature] = chosen.count(question.truth.option)
        return found


def oddness(cohort: Cohort, chose: list[dict[str, int]]) -> Floats:
    """How odd the model finds each value (patients × features, the higher the odder), −inf where there is none."""
    names = [feature.name for feature in looked_at(cohort)]
    return np.array([[-float(one[name]) if name in one else -np.inf for name in names] for one in chose])


def lines(cohort: Cohort, planted: list[Planted], odd: Floats, samples: int) -> Iterator[str]:
    """The figures in words."""
    names = [feature.name for feature in looked_at(cohort)]
    place = np.array([names.index(one.feature) for one in planted])
    who = np.array([one.patient for one in planted])
    of_registry = ranked(cohort, planted)
    registry = np.where(np.isfinite(odd), of_registry["scan"], -np.inf)
    tied = odd + (registry - registry.max(axis=1, keepdims=True)) / (1e3 + np.ptp(registry[np.isfinite(registry)]))
    ways = {"model": odd, REGISTRY_BREAKS_TIES: np.where(np.isfinite(odd), tied, -np.inf)}
    ways |= {name: of_registry[name] for name in COMPARED}
    chose = np.where(np.isfinite(odd), np.abs(odd), np.nan) / samples
    own = chose[np.arange(len(odd)), place]
    yield f"{len(planted)} patients, one wrong entry each among {np.isfinite(odd).sum(axis=1).mean():.1f} values"
    yield f"samples that chose what is recorded: {np.nanmean(chose):.1%}; of wrong entries {own.mean():.1%}"
    for top in TOPS:
        hits = {name: in_top(found, place, top) for name, found in ways.items()}
        yield f"\namong the top {top}:"
        for name, hit in hits.items():
            share = mean(hit, who)
            yield f"  {name:<38}{share.value:.1%} ({share.ends('{:.1%}'.format)})"
        for name in COMPARED:
            gap = paired_difference(hits["model"], hits[name], who, seed=0)
            ends = gap.estimate.ends("{:+.1%}".format)
            yield f"  model − {name}: {gap.estimate.value:+.1%} ({ends}), p {gap.p:.4f}"


def claim(folder: Path, asked: argparse.Namespace, engine: Engine) -> None:
    """Writes what is measured into an empty folder, or refuses one of something else."""
    plan = {"model": asdict(engine.identity), "samples": asked.samples, "max_tokens": settings().max_tokens}
    plan |= {name: getattr(asked, name) for name in ("cohort", "split", "seed")}
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "planted-errors.json"
    if path.exists() and json.loads(path.read_text()) != json.loads(json.dumps(plan)):
        raise SystemExit(f"{folder} holds another measurement: choose another --out.")
    path.write_text(json.dumps(plan, indent=1))


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--samples", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=1e6)
    parser.add_argument("--engine", type=engine_name, default="auto")
    parser.add_argument("--model", default="")
    parser.add_argument("--concurrency", type=int, default=8)
    asked = parser.parse_args()
    cohort = load_cohort(asked.cohort)
    planted, _ = planted_in(cohort, asked)
    asking = Asking(cohort, asked.samples, time.monotonic() + 60 * asked.minutes)
    records, bar, engine = scanned(cohort, planted), ProgressBar(), engine_for(asked.engine, asked.model, cohort)
    try:
        claim(asked.out, asked, engine)
        with CompletionLog(asked.out / "completions.jsonl") as log:
            stored = {(one.question, one.call) for one in log.stored}
            bar.begun(asked.samples * sum(len(one.questions) for one in records), len(stored))
            Asker(engine, concurrency=asked.concurrency).run(asking.work(records, stored), log, bar.arrived)
            replies = {(one.question, one.call): one for one in log.stored}
    finally:
        bar.close()
        engine.close()
    done = [(record, chose) for record in records if (chose := asking.chose_recorded(record, replies))]
    if not done:
        raise SystemExit("No patient's values were all asked; the same command goes on.")
    odd = oddness(cohort, [chose for _, chose in done])
    print("\n".join(lines(cohort, [record.planted for record, _ in done], odd, asked.samples)))  # noqa: T201


if __name__ == "__main__":
    main()
