r"""Rationales for the warm start, from the registry's own statistics and no stronger model.

    python -m training.rationales train.parquet --out rationales.parquet

For each question about a training patient: the visible values of the features that matter most for the masked one,
each as the record shows it, with its standing among the training patients and what it speaks for; then what they
come to together, and the answer in its box:

    Urine output: 300 mL/24 h, very low → much higher. Arterial pH: 7.21, very low → lower. Creatinine: A) 0.8, low;
    B) 1.2, low; C) 1.9, near the middle; D) 2.7, near the middle; E) 4.1, high. Together: a high value. The options
    rise: D) 2.7. \boxed{D}

The features and their order belong to the masked feature, not to the answer, and values that speak against the
conclusion are told as well. The conclusion is what the told values come to, by a count that the words suffice for
(``training.teacher.scorecard``), and nothing else, so the reasoning can be learnt as a computation. Options about a
number are told with their standing first, as values are, whatever the design: nothing but the numbers tells the designs
apart. They are offered in rising or in falling order, which is said, for without these words a small model did not
learn it (docs/training-log.md). Those of the published design (``paper``) lie far apart: there the one with the highest
prior is named, which only clear points leave:

    … Respiratory rate: A) 19, low; B) 40, very high; C) 61, very high. Mostly A) 19. Together: A) 19. \boxed{A}

The conclusion is made out of fold and may miss the recorded option: a rationale never knows its patient's hidden
value. Every number in it stands in the prompt.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from tqdm import tqdm

from creason_core.cohort.cohort import Cohort
from creason_core.cohort.loading import load_cohort
from creason_core.cohort.options import MAX_OPTIONS
from creason_core.cohort.stateless_random import key_of
from creason_core.errors import CReasonError, QuestionError
from creason_core.question.masked_value import order_of
from creason_core.question.task import Presented
from creason_core.question.vectorised.table import QuestionTable, read_questions, user_texts
from creason_core.record.codebook import Feature
from training.teacher.cross_fitting import Evidence, Spoken, evidence
from training.teacher.scorecard import band

STANDING = ("very low", "low", "near the middle", "high", "very high")  # by band
PLACES: Mapping[int, Sequence[str]] = {
    2: ("a low", "a high"),
    3: ("a low", "a middling", "a high"),
    4: ("a very low", "a low", "a high", "a very high"),
    5: ("a very low", "a low", "a middling", "a high", "a very high"),
}


VERSION = 9
META = b"creason"


@dataclass(frozen=True, slots=True)
class Row:
    """One rationale: the question, the user message of sample ``sample``, and the completion.

    ``chosen`` and ``key`` are canonical option indices.
    """

    id: str
    patient: str
    masked_feature: str
    sample: int
    user: str
    completion: str
    chosen: int
    key: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What a rationale answers: the masked feature, the options' texts in canonical order, and which sample."""

    feature: Feature
    options: tuple[str, ...]
    sample: int

    @property
    def shown(self) -> Presented:
        """The options as that sample presents them."""
        return Presented(order_of(len(self.options), self.feature, self.sample))

    def letter(self, option: int) -> str:
        """The letter of an option (canonical index) as presented."""
        return self.shown.letters[self.shown.order.index(option)]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a number stands among the measured values of the training patients."""

    numbers: Mapping[str, NDArray[np.float64]]

    def words(self, feature: Feature, value: float) -> str:
        """``value`` in words, by its band."""
        return STANDING[int(band(self.numbers[feature.name], np.array([value]))[0])]


def standing(cohort: Cohort) -> Standing:
    """The standing of every numeric feature in ``cohort``'s training patients."""
    return Standing(
        {
            feature.name: np.sort(cohort.measured_training(feature).to_numpy(dtype=float))
            for feature in cohort.codebook.features
            if feature.numeric
        }
    )


def finding(feature: Feature, value: float | str, stands: Standing) -> str:
    """One visible value as the record shows it, numbers with their standing."""
    if isinstance(value, str):
        return f"{feature.label}: {feature.text(value)}"
    return f"{feature.label}: {feature.text_with_unit(value)}, {stands.words(feature, value)}"


def speaks(said: Spoken, asked: Asked) -> str:
    """What a value speaks for: higher or lower for a number, a level otherwise, or that it says little."""
    if not said.points or (said.toward < 0 and not asked.feature.numeric):
        return "says little"
    if asked.feature.numeric:
        way = "higher" if said.points > 0 else "lower"
        return f"much {way}" if abs(said.points) > 1 else way
    level = asked.options[said.toward]
    return f"clearly {level}" if said.points > 1 else level


def rationale(found: Evidence, asked: Asked, values: Mapping[str, float | str], stands: Standing) -> str:
    """The completion: what follows the opening of the reply. ``values`` are the patient's, by feature."""
    told = [f"{finding(one.feature, values[one.feature.name], stands)} → {speaks(one, asked)}" for one in found.spoken]
    says = ". ".join(told) if told else "Nothing is shown that speaks for one option"
    if asked.feature.numeric:
        says = f"{says}. {offered(asked, stands)}"
    if found.usual is None:
        return f" {says}. Together: {conclusion(found.chosen, asked)}"
    moved = ("", "a higher value: ", "a lower value: ")[(found.chosen > found.usual) - (found.chosen < found.usual)]
    together = f"{moved}{presented(found.chosen, asked)}. {boxed(found.chosen, asked)}"
    return f" {says}. Mostly {presented(found.usual, asked)}. Together: {together}"


def offered(asked: Asked, stands: Standing) -> str:
    """The options about a number as the question shows them, each with its standing."""
    told = [
        f"{presented(option, asked)}, {stands.words(asked.feature, float(asked.options[option]))}"
        for option in asked.shown.order
    ]
    return f"{asked.feature.label}: {'; '.join(told)}"


def presented(option: int, asked: Asked) -> str:
    """The option (canonical index) as the question shows it: its letter and its text."""
    return f"{asked.letter(option)}) {asked.options[option]}"


def conclusion(chosen: int, asked: Asked) -> str:
    """The option ``chosen`` (canonical index) in words, and its box; of numbers also where it stands among them."""
    count, order = len(asked.options), asked.shown.order
    place = ""
    if asked.feature.numeric and count in PLACES:
        way = "rise" if order[0] < order[-1] else "fall"
        place = f"{PLACES[count][chosen]} value. The options {way}: "
    return f"{place}{presented(chosen, asked)}. {boxed(chosen, asked)}"


def boxed(option: int, asked: Asked) -> str:
    """The box with the letter of the option (canonical index)."""
    return f"\\boxed{{{asked.letter(option)}}}"


def rows(table: QuestionTable, cohort: Cohort, tell: Callable[[int], object]) -> Iterator[Row]:
    """One row a question, feature by feature; ``tell`` is told after each feature."""
    stands = standing(cohort)
    texts = [user_texts(table.table, cohort, sample=sample) for sample in range(MAX_OPTIONS)]
    frame, questions = table.frame, table.table.to_pylist()
    patients = {patient: cohort.table.loc[patient].to_dict() for patient in frame["patient"].unique()}
    for name in frame["masked_feature"].unique():
        feature = cohort.codebook.feature(name)
        for found in evidence(table, cohort, name):
            asked = questions[found.row]
            sample = key_of(asked["id"]) % MAX_OPTIONS
            about = Asked(feature, tuple(asked["options"]), sample)
            yield Row(
                id=asked["id"],
                patient=asked["patient"],
                masked_feature=name,
                sample=sample,
                user=texts[sample][found.row],
                completion=rationale(found, about, patients[asked["patient"]], stands),
                chosen=found.chosen,
                key=asked["key"],
            )
        tell(1)


def sparse(cohort: Cohort, shown: float, seed: int = 0) -> Cohort:
    """``cohort`` with the share ``shown`` (0 to 1) of its patients' values, drawn by chance; the rest is not measured.

    What is known of the registry (``training``, its statistics) stays as it is.

    Raises:
        QuestionError: The share is no share.
    """
    if not 0 < shown <= 1:
        raise QuestionError(f"The share of values shown is {shown:g}.", remedy="Give one above 0, at most 1.")
    kept = np.random.default_rng(seed).random(cohort.table.shape) < shown
    return replace(cohort, table=cohort.table.where(kept))


def write(
    table: QuestionTable,
    cohort: Cohort,
    out: Path,
    tell: Callable[[int], object] = lambda _: None,
    *,
    shown: float = 1.0,
) -> pa.Table:
    """Writes the rationales of every question in ``table`` to ``out`` (Parquet), shuffled by question id.

    ``shown`` is the share of each record's values that the prompt shows (0 to 1).

    Raises:
        QuestionError: The questions are of another cohort, or not about training patients.
    """
    table.require(cohort)
    if table.meta.split != "train":
        raise QuestionError(
            f"{table.path} asks about {table.meta.split} patients.", remedy="Rationales are made of --split train only."
        )
    about_them = cohort if shown == 1 else sparse(cohort, shown)
    made = sorted((asdict(row) for row in rows(table, about_them, tell)), key=lambda row: row["id"])
    about = {"questions": table.meta.model_dump(), "version": VERSION, "shown": shown}
    written = pa.Table.from_pylist(made).replace_schema_metadata({META: json.dumps(about).encode()})
    partial = out.with_name(f".{out.name}.partial")
    pq.write_table(written, partial, compression="zstd")
    partial.replace(out)
    return written


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m training.rationales", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("questions", type=Path, help="made by `creason questions build --split train`")
    parser.add_argument("--out", type=Path, required=True, help="a Parquet file")
    parser.add_argument("--shown", type=float, default=1.0, help="share of each record's values shown, 0 to 1 (all)")
    arguments = parser.parse_args()
    try:
        table = read_questions(arguments.questions)
        cohort = load_cohort(table.meta.cohort)
        with tqdm(unit=" features", total=table.frame["masked_feature"].nunique(), file=sys.stderr) as bar:
            made = write(table, cohort, arguments.out, bar.update, shown=arguments.shown)
    except CReasonError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    right = np.mean(made["chosen"].to_numpy() == made["key"].to_numpy())
    sys.stdout.write(
        f"{arguments.out}: {made.num_rows:,} rationales; {100 * right:.1f} % conclude with the recorded option.\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
