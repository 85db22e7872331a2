"""The questions that GRPO trains on: files of ``creason questions build``, filtered, as prompts that the app sends.

The files may be about several cohorts, each asked in the words of its own codebook. Only training patients are asked
about; a file about others is refused. Filters, in this order: the pass rate of a
scored run, how far apart the options' chances are, the length of the prompt, the balance of classes, the limit. What
each left out is counted.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.loading import load_cohort
from creason_core.cohort.options import MAX_OPTIONS
from creason_core.cohort.stateless_random import key_of
from creason_core.errors import SettingsError
from creason_core.evaluation.result_tables import read_answers
from creason_core.evaluation.saved import read_run
from creason_core.files import sha256
from creason_core.question.asked import Order, unit_behind
from creason_core.question.masked_value import order_of
from creason_core.question.prompts import NOTES_VERSION, around
from creason_core.question.task import Presented
from creason_core.question.vectorised.table import QuestionTable, read_questions, user_texts
from creason_core.record.codebook import Codebook
from training.data.prompts import chat_template_text, once_begun
from training.data.provenance import AboutData, of_cohorts
from training.teacher.cross_fitting import evidence
from training.teacher.rationales import noted_task
from training.trainer.settings import Difficulty, Grpo

if TYPE_CHECKING:
    from datasets import Dataset

COLUMNS = ("question", "user", "order", "texts", "key", "chances")  # what a row tells the rewards


@dataclass(frozen=True, slots=True)
class TrainingRow:
    """One question as it is asked in training: what TRL gets, and what filters and rewards know of it.

    ``cohort`` is the name of its registry. ``order`` and ``texts`` are its options as presented, ``key`` the letter
    of the true one, ``value`` its text. ``chances`` is how likely each option is, in the order presented, where a
    reward asks for it.
    """

    question: str
    cohort: str
    masked_feature: str
    user: str
    order: Order
    texts: tuple[str, ...]
    key: str
    value: str
    chances: tuple[float, ...] = ()
    prompt: str = ""
    tokens: int = 0


@dataclass(frozen=True)
class ChosenRows:
    """The rows of a run, by question id; ``left_out`` says why others are not there, ``about`` whose they are."""

    rows: tuple[TrainingRow, ...]
    left_out: Mapping[str, int]
    about: AboutData

    def dataset(self) -> "Dataset":
        """The rows for TRL: ``prompt``, and the columns that the rewards read."""
        from datasets import Dataset

        return Dataset.from_dict({name: [getattr(row, name) for row in self.rows] for name in ("prompt", *COLUMNS)})


def choose(config: Grpo, tokenizer: Any) -> ChosenRows:
    """The questions of a run.

    Raises:
        QuestionError: A file is missing, or does not fit its cohort.
        SettingsError: It is not about training patients, or nothing is left.
    """
    tables = [read_questions(path) for path in config.questions]
    cohorts = {name: load_cohort(name) for name in dict.fromkeys(table.meta.cohort for table in tables)}
    for table in tables:
        require(table, cohorts[table.meta.cohort])
    told = bool(config.rewards.expected or config.least_spread)
    asking = noted if config.notes else asked
    every = (row for table in tables for row in asking(table, cohorts[table.meta.cohort], told))
    rows = sorted({row.question: row for row in every}.values(), key=_id)
    left_out: dict[str, int] = {}

    def keep(why: str, kept: Sequence[TrainingRow]) -> list[TrainingRow]:
        if len(kept) < len(rows):
            left_out[why] = len(rows) - len(kept)
        return list(kept)

    if config.difficulty is not None:
        rates = pass_rates(config.difficulty)
        low, high = config.difficulty.low, config.difficulty.high
        rows = keep("not in the scored run", [row for row in rows if row.question in rates])
        within = [row for row in rows if low <= rates[row.question] <= high]
        rows = keep(f"pass rate outside {low:g}–{high:g}", within)
    if config.least_spread:
        apart = [row for row in rows if max(row.chances) - min(row.chances) >= config.least_spread]
        rows = keep(f"options' chances less than {config.least_spread:g} apart", apart)
    rows = [prompted(row, tokenizer, cohorts[row.cohort].codebook) for row in rows]
    short = [row for row in rows if row.tokens <= config.longest_prompt]
    rows = keep(f"prompt longer than {config.longest_prompt:,} tokens", short)
    if config.balanced:
        rows = keep("class more common than its feature's rarest", balance(rows))
    rows = keep("over the limit", rows[: config.limit])
    if not rows:
        raise SettingsError(
            f"No question is left to train on: {'; '.join(f'{why}: {count:,}' for why, count in left_out.items())}.",
            remedy="Give more questions, or wider filters.",
        )
    about = _about(tables, len(rows))
    version = NOTES_VERSION if config.notes else about.prompt_version
    return ChosenRows(tuple(rows), left_out, about.model_copy(update={"prompt_version": version}))


def require(table: QuestionTable, cohort: Cohort) -> None:
    """Checks that a file asks about training patients of ``cohort`` as it is now.

    Raises:
        QuestionError: It is of another cohort, codebook, split or version.
        SettingsError: It asks about validation or test patients.
    """
    table.require(cohort)
    if table.meta.split != "train":
        raise SettingsError(
            f"{table.path} asks about {table.meta.split} patients, who are never trained on.",
            remedy="Build questions with --split train.",
        )


def asked(table: QuestionTable, cohort: Cohort, chances: bool = False) -> list[TrainingRow]:
    """Every question of a file, each with the options in the order of one sample, drawn from its id.

    With ``chances`` each has how likely its options are, fitted on other patients.
    """
    likely = _chances(table, cohort) if chances else {}
    samples = [key_of(question) % MAX_OPTIONS for question in table.table["id"].to_pylist()]
    rows = []
    for sample in range(MAX_OPTIONS):
        mine = table.table.take(pa.array([place for place, drawn in enumerate(samples) if drawn == sample], pa.int64()))
        if mine.num_rows:
            texts = user_texts(mine, cohort, sample=sample)
            for one, text in zip(mine.to_pylist(), texts, strict=True):
                rows.append(_row(one, text, cohort, sample, likely.get(one["id"], ())))
    return rows


def noted(table: QuestionTable, cohort: Cohort, chances: bool = False) -> list[TrainingRow]:
    """As ``asked``, with the registry's notes in every prompt."""
    tasks = {task.question.id: task for task in (noted_task(table, place, cohort) for place in range(len(table)))}

    def user(row: TrainingRow) -> str:
        task = tasks[row.question]
        return task.messages(cohort.case(task.question.patient), row.order)[1].content

    return [replace(row, user=user(row)) for row in asked(table, cohort, chances)]


def _chances(table: QuestionTable, cohort: Cohort) -> Mapping[str, tuple[float, ...]]:
    """Question id → how likely each option is (canonical order), out of fold."""
    ids = table.table["id"].to_pylist()
    features = table.frame["masked_feature"].unique()
    return {ids[one.row]: one.chances for name in features for one in evidence(table, cohort, name)}


def _row(question: Mapping[str, Any], user: str, cohort: Cohort, sample: int, likely: Sequence[float]) -> TrainingRow:
    options, key, feature = question["options"], question["key"], cohort.codebook.feature(question["masked_feature"])
    order = order_of(len(options), feature, sample)
    return TrainingRow(
        question=question["id"],
        cohort=cohort.name,
        masked_feature=feature.name,
        user=user,
        order=order,
        texts=tuple(f"{options[place]}{unit_behind(feature)}" for place in order),
        key=Presented(order).letters[order.index(key)],
        value=str(key) if feature.numeric else options[key],
        chances=tuple(likely[place] for place in order) if likely else (),
    )


def prompted(row: TrainingRow, tokenizer: Any, codebook: Codebook) -> TrainingRow:
    """``row`` with its prompt: what an engine sends, opening included, so that TRL's tokens are an engine's."""
    text = once_begun(tokenizer, chat_template_text(tokenizer, around(row.user, codebook)))
    return replace(row, prompt=text, tokens=len(tokenizer(text)["input_ids"]))


def balance(rows: Sequence[TrainingRow]) -> list[TrainingRow]:
    """The rows with the lowest ids, as many of each class of a feature as of its rarest, in the order given.

    A class is a level, or a number's place among its options; a feature is of one cohort.
    """
    classes: dict[tuple[str, str], dict[str, list[TrainingRow]]] = defaultdict(lambda: defaultdict(list))
    for row in sorted(rows, key=_id):
        classes[row.cohort, row.masked_feature][row.value].append(row)
    kept = {
        row.question
        for of_feature in classes.values()
        for of_class in of_feature.values()
        for row in of_class[: min(map(len, of_feature.values()))]
    }
    return [row for row in rows if row.question in kept]


def pass_rates(wanted: Difficulty) -> Mapping[str, float]:
    """Question id → the share of its completions that were right, from a finished run on training patients.

    Raises:
        EvaluationError: The folder is no finished run.
        SettingsError: The run asked about other patients.
    """
    split = read_run(wanted.run).run.plan.questions.split
    if split != "train":
        raise SettingsError(
            f"The run in {wanted.run} asked about {split} patients.", remedy="Score questions built with --split train."
        )
    answers = read_answers(wanted.run)
    return dict(zip(answers["id"], answers["pass_rate"].astype(float), strict=True))


def _about(tables: Sequence[QuestionTable], rows: int) -> AboutData:
    return AboutData(
        files={table.path.name: sha256(table.path) for table in tables},
        rows=rows,
        **of_cohorts((meta.cohort, meta.codebook_hash, meta.split_hash) for meta in (one.meta for one in tables)),
        prompt_version=tables[0].meta.prompt_version,
    )


def _id(row: TrainingRow) -> str:
    return row.question


def lengths(rows: Sequence[TrainingRow]) -> tuple[int, int, int]:
    """The median, the 95th percentile and the most tokens of the prompts."""
    ranked = sorted(row.tokens for row in rows)
    return ranked[len(ranked) // 2], ranked[int(0.95 * (len(ranked) - 1))], ranked[-1]
