"""The small model beside what a user could take in its place, on a packaged question and the weights that ship.

First the engine alone, in turns with bare runtimes that have the same weights, prompt and number of tokens; then
`creason evaluate` with it; then the app in a browser (``runs_on_page``). A ratio is made within a round, so that it
belongs to the programs and hardly to the machine's mood.
"""

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import TypeVar

from tqdm import tqdm

from creason_core.model.adapters.choosing import chosen
from creason_core.model.adapters.merging import merged
from creason_core.model.engines.choose import embedded_precision
from creason_core.model.engines.embedded import Embedded
from creason_core.model.engines.embedded_graph import Precision
from creason_core.model.engines.embedded_text import read_words
from creason_core.model.engines.limits import Limits
from creason_core.model.engines.weights import model_folder
from creason_core.settings import settings
from tests.bench import runs_on_page
from tests.bench.bare_runtimes import PLACE, THREADS, bare_runtimes
from tests.bench.engine_rounds import SAMPLES, Round, Timed, engine_round, timed
from tests.bench.evaluate_bench import evaluation, question_file
from tests.bench.figures import Figure, figure
from tests.bench.packaged_question import TOKENS, first_question

ROUNDS = 3
EVALUATED = 40
PAUSE_SECONDS = 0.5  # between two turns: threads that spin come to rest
PATIENT = Limits(first_token=600.0, idle=600.0, total=1200.0)
PRECISIONS: tuple[Precision, ...] = ("int8", "float32")
ELSEWHERE = {"int8": ("int8", "Q8_0"), "float32": ("float32", "F32")}
WARMING_TOKENS = 24  # in the first round
ALIKE = 40  # characters of a reply that float32 does not round to others; fewer than those tokens have
GOAL_FIRST = 1.2
GOAL_SECOND = 0.5
GOAL_RATE = 0.9
GOAL_SAMPLES_SECONDS = 10.0
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Measured:
    """Rounds of the engine by its precision, replies of the bare runtimes by their names, and what is missing."""

    ours: dict[str, list[Round]]
    bare: dict[str, list[Timed]]
    missing: list[str]


def measure() -> Iterator[Figure]:
    """Every figure: of the engine and the bare runtimes, of an evaluation, of the app."""
    adapter = chosen(settings()).folder
    assert adapter is not None, "the adapter that ships is not in force, so it would not be what is measured"
    found = _compared(adapter)
    yield from _of_bare(found)
    for precision in PRECISIONS:
        yield from _of_engine(found, precision)
    yield _evaluated(adapter)
    yield from runs_on_page.measure()


def _compared(adapter: Path) -> Measured:
    """All runtimes in turns; the first round, in which memory is taken and files are read, does not count."""
    base, cache = model_folder(settings()), PLACE / "merged"
    folder = merged(base, adapter, cache, lambda _: None)
    words = read_words(folder)
    prompt = words.ids(words.prompt(first_question().messages))
    with ExitStack() as open_:
        engines = {
            kind: open_.enter_context(
                closing(Embedded(base, PATIENT, threads=THREADS, adapter=adapter, cache=cache, precision=kind))
            )
            for kind in PRECISIONS
        }
        bare, missing = open_.enter_context(bare_runtimes(folder))
        found = Measured({kind: [] for kind in engines}, {one.name: [] for one in bare}, missing)
        for turn in tqdm(range(ROUNDS + 1), desc="Rounds of all runtimes"):
            tokens = TOKENS if turn else WARMING_TOKENS
            for kind in _order(PRECISIONS, turn):
                time.sleep(PAUSE_SECONDS)
                found.ours[kind].append(engine_round(engines[kind], turn, tokens))
            for one in _order(bare, turn):
                time.sleep(PAUSE_SECONDS)
                found.bare[one.name].append(one.reply(prompt, tokens))
    _check_alike(found)
    return Measured(
        {name: of[1:] for name, of in found.ours.items()}, {k: of[1:] for k, of in found.bare.items()}, missing
    )


def _order(of: Sequence[T], turn: int) -> Sequence[T]:
    return of[::-1] if turn % 2 else of


def _check_alike(found: Measured) -> None:
    """Raises ``RuntimeError`` where a runtime in float32 says something else: it was given something else."""
    said = found.ours["float32"][0].reply.text[:ALIKE]
    for name, replies in found.bare.items():
        if name.split()[1] in ELSEWHERE["float32"] and replies[0].text[:ALIKE] != said:
            raise RuntimeError(f"{name} says {replies[0].text[:ALIKE]!r} where the engine says {said!r}")


def _of_bare(found: Measured) -> Iterator[Figure]:
    for name, replies in found.bare.items():
        yield figure(f"{name}: first token", [one.first for one in replies])
        yield figure(f"{name}: one reply", [one.rate for one in replies], unit="tokens/s")


def _of_engine(found: Measured, precision: str) -> Iterator[Figure]:
    rounds = found.ours[precision]
    yield figure(f"engine {precision}: first token", [one.reply.first for one in rounds])
    yield figure(f"engine {precision}: one reply", [one.reply.rate for one in rounds], unit="tokens/s")
    yield from _beside(found, precision)
    yield figure(f"engine {precision}: first token, second question", [one.second for one in rounds])
    ratios = [one.second / one.reply.first for one in rounds]
    yield figure(f"engine {precision}: second question / first", ratios, unit="ratio", goal=GOAL_SECOND, of="median")
    yield figure(
        f"engine {precision}: {SAMPLES} replies",
        [one.samples for one in rounds],
        goal=GOAL_SAMPLES_SECONDS if _in_use(precision) else None,
        note=f"{median(one.tokens for one in rounds):.0f} tokens in all, each reply of up to {TOKENS}",
    )


def _in_use(precision: str) -> bool:
    """Whether it is what this installation answers with: only then does a reader wait for it."""
    return precision == embedded_precision(settings())


def _beside(found: Measured, precision: str) -> Iterator[Figure]:
    """The ratios to the best bare runtime: to the first token of any, to the rate of those of the same precision."""
    missing = "; ".join(found.missing)
    rounds = [one.reply for one in found.ours[precision]]
    if found.bare:
        best = min(found.bare, key=lambda name: median(one.first for one in found.bare[name]))
        ratios = [mine.first / other.first for mine, other in zip(rounds, found.bare[best], strict=True)]
        note = "; ".join(filter(None, [f"the best is {best}", missing]))
        name = f"engine {precision}: first token / best bare"
        goal = GOAL_FIRST if _in_use(precision) else None
        yield figure(name, ratios, unit="ratio", goal=goal, of="median", note=note)
    same = {name: of for name, of in found.bare.items() if name.split()[1] in ELSEWHERE[precision]}
    if same:
        best = max(same, key=lambda name: median(one.rate for one in same[name]))
        ratios = [mine.rate / other.rate for mine, other in zip(rounds, same[best], strict=True)]
        note = "; ".join(filter(None, [f"the best is {best}", missing]))
        name = f"engine {precision}: one reply / best bare"
        yield figure(name, ratios, unit="ratio", goal=GOAL_RATE, sense="at least", note=note)


def _evaluated(adapter: Path) -> Figure:
    """An evaluation by the engine as this installation has it, once the model is loaded."""
    with tempfile.TemporaryDirectory(prefix="creason-bench-") as scratch:
        place = Path(scratch)
        file = question_file(place, EVALUATED)
        precision = embedded_precision(settings())
        with closing(Embedded(model_folder(settings()), PATIENT, adapter=adapter, precision=precision)) as engine:
            timed(engine, replace(first_question(), max_tokens=WARMING_TOKENS))
            found = evaluation(engine, file, place / "run", EVALUATED)
    return figure(
        "creason evaluate --engine embedded", [found.rate], unit="tokens/s", note=f"{EVALUATED} questions, {precision}"
    )
